#include "http/chunked_body.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace tokend;

namespace {

// Decodes a body that comes in pieces of this size. Returns its text, or the fault.
std::string decoded(std::string_view coded, std::size_t piece, message_limits const& limits = {})
{
    std::string body;
    chunked_body chunks{limits, body};
    std::string waiting;
    for (auto rest = coded; !chunks.done();)
    {
        if (rest.empty())
            return "incomplete";
        waiting += rest.substr(0, piece);
        rest.remove_prefix(std::min(piece, rest.size()));
        auto fault = http_fault::none;
        waiting.erase(0, chunks.read(waiting, fault));
        if (fault != http_fault::none)
            return fault == http_fault::payload_too_large ? "too large" : "malformed";
    }
    return body;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(chunked_body_)

BOOST_AUTO_TEST_CASE(a_body_is_the_same_however_it_is_cut)
{
    struct row
    {
        std::string_view coded;
        std::string_view text;
    };
    for (auto const& r : std::initializer_list<row>{
             {"0\r\n\r\n", ""},
             {"3\r\nabc\r\n0\r\n\r\n", "abc"},
             {"1\r\na\r\n002\r\nbc\r\n0\r\n\r\n", "abc"},
             {"A\r\n0123456789\r\n0;last\r\n\r\n", "0123456789"},
             {"3;name=\"a;b\"\r\nabc\r\n0\r\nTrailer: x\r\n\r\n", "abc"},
             {"3\r\nabc\r\n0\r\n", "incomplete"},
             {"3\r\nabcd\r\n0\r\n\r\n", "malformed"},
             {"3\nabc\r\n0\r\n\r\n", "malformed"},
             {"g\r\nabc\r\n0\r\n\r\n", "malformed"},
             {"-1\r\nabc\r\n0\r\n\r\n", "malformed"},
             {"ffffffffffffffffff\r\n", "malformed"},
         })
        for (std::size_t const piece : {1U, 2U, 3U, 7U, 1000U})
            BOOST_TEST(decoded(r.coded, piece) == r.text, r.coded << " in pieces of " << piece);
}

BOOST_AUTO_TEST_CASE(a_body_may_have_its_limit_and_no_byte_more)
{
    message_limits limits;
    limits.body_bytes = 4;
    BOOST_TEST(decoded("4\r\nabcd\r\n0\r\n\r\n", 1000, limits) == "abcd");
    BOOST_TEST(decoded("5\r\nabcde\r\n0\r\n\r\n", 1000, limits) == "too large");
    BOOST_TEST(decoded("4\r\nabcd\r\n1\r\ne\r\n0\r\n\r\n", 1, limits) == "too large");
}

BOOST_AUTO_TEST_SUITE_END()
