#include "base/printable.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace tokend;
using namespace std::literals;

namespace {

struct row
{
    std::string_view text;
    bool printable;
    std::string_view escaped;
};

constexpr std::array rows{
    row{"", true, ""},
    row{"plain text, 0-9", true, "plain text, 0-9"},
    row{"a \" and a \\", true, R"(a \" and a \\)"},
    row{"Z\xc3\xbcrich \xd7\x90 \xf0\x9f\x98\x80", true, "Z\xc3\xbcrich \xd7\x90 \xf0\x9f\x98\x80"},
    row{"\xef\xbf\xbd", true, "\xef\xbf\xbd"},
    row{"a\nb\rc\td", false, R"(a\nb\rc\td)"},
    row{"\0\x01\x1f\x7f"sv, false, R"(\u0000\u0001\u001f\u007f)"},
    row{"\xc2\x80\xc2\x9f\xc2\xa0", false, "\\u0080\\u009f\xc2\xa0"},
    row{"\xd8\x9c \xe2\x80\x8e \xe2\x80\x8f", false, R"(\u061c \u200e \u200f)"},
    row{"\xe2\x80\xa8 \xe2\x80\xa9 \xe2\x80\xaa \xe2\x80\xae", false, R"(\u2028 \u2029 \u202a \u202e)"},
    row{"\xe2\x81\xa6 \xe2\x81\xa9", false, R"(\u2066 \u2069)"},
    row{"\xe2\x80\xa7 \xe2\x80\xaf \xe2\x81\xaa", true, "\xe2\x80\xa7 \xe2\x80\xaf \xe2\x81\xaa"},
    row{"\xff", false, R"(\ufffd)"},
    row{"\xc3", false, R"(\ufffd)"},
    row{"\xed\xa0\x80", false, R"(\ufffd\ufffd\ufffd)"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(printable_)

BOOST_AUTO_TEST_CASE(what_a_reader_would_not_see_as_it_is_is_not_printable_and_is_escaped)
{
    for (auto const& r : rows)
    {
        BOOST_TEST(is_printable(r.text) == r.printable, r.escaped);
        std::string text{"before "};
        append_escaped(text, r.text);
        BOOST_TEST(text == "before " + std::string{r.escaped});
        std::string quoted;
        append_quoted(quoted, r.text);
        BOOST_TEST(quoted == '"' + std::string{r.escaped} + '"');
    }
}

BOOST_AUTO_TEST_CASE(a_hidden_mark_is_found_wherever_it_is)
{
    for (std::size_t size = 0; size < 40; ++size)
        for (std::size_t at = 0; at <= size; ++at)
        {
            std::string text(size, 'a');
            BOOST_TEST(is_printable(text));
            BOOST_TEST(!is_printable(text.insert(at, "\xe2\x80\xae")));
        }
}

BOOST_AUTO_TEST_SUITE_END()
