#include "base/secret.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace tokend;

static_assert(!std::is_copy_constructible_v<secret> && !std::is_copy_assignable_v<secret>);

namespace {

// A secret whose memory can be looked at.
class open_secret
{
public:
    explicit open_secret(std::string_view bytes) : it_{new (memory_.data()) secret{bytes}} {}
    ~open_secret() { std::destroy_at(it_); }
    secret& operator*() noexcept { return *it_; }
    bool holds(std::string_view bytes) const
    {
        std::string_view const all{reinterpret_cast<char const*>(memory_.data()), memory_.size()};
        return all.find(bytes) != all.npos;
    }

private:
    alignas(secret) std::array<unsigned char, sizeof(secret)> memory_{};
    secret* it_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_)

BOOST_AUTO_TEST_CASE(a_secret_that_grows_keeps_its_bytes_and_leaves_no_copy_in_itself)
{
    open_secret held{"short"};
    (*held).append(" one, that no longer fits");
    BOOST_TEST((*held).reveal() == "short one, that no longer fits");
    BOOST_TEST(!held.holds("short"));
    secret built;
    for (int i = 0; i < 1000; ++i)
        built.append("0123456789");
    BOOST_TEST(built.reveal().size() == 10'000U);
    BOOST_TEST(built.reveal().substr(9'990) == "0123456789");
}

BOOST_AUTO_TEST_CASE(wiping_a_string_clears_all_of_its_memory)
{
    std::string text(40, 's');
    text.reserve(100);
    auto const* const memory = text.data();
    auto const room = text.capacity();
    wipe(text);
    BOOST_TEST(text.empty());
    BOOST_REQUIRE(text.data() == memory);
    BOOST_TEST(std::string_view(memory, room).find_first_not_of('\0') == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_short_secret_that_moved_leaves_no_bytes_behind)
{
    open_secret first{"0123456789"};
    BOOST_TEST(first.holds("23456789"));
    secret second = std::move(*first);
    BOOST_TEST(second.reveal() == "0123456789");
    BOOST_TEST(!first.holds("23456789"));

    open_secret third{"abcdefghij"};
    second = std::move(*third);
    BOOST_TEST(second.reveal() == "abcdefghij");
    BOOST_TEST(!third.holds("cdefghij"));
}

BOOST_AUTO_TEST_SUITE_END()
