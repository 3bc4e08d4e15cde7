#include "table/slot.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>

using namespace tokend;

namespace {

using slot = basic_slot<std::atomic>;

constexpr token_key key{0x1111, 0x2222};
constexpr std::uint32_t noon = 1'800'000'000;

}  // namespace

BOOST_AUTO_TEST_SUITE(life_word_)

BOOST_AUTO_TEST_CASE(a_zero_word_is_empty)
{
    life_word const zero;
    BOOST_TEST(zero.empty());
    BOOST_TEST(!zero.live());
    BOOST_TEST(!zero.expired(noon));
}

BOOST_AUTO_TEST_CASE(a_claim_takes_the_next_version_and_the_last_is_followed_by_zero)
{
    life_word life;
    for (unsigned claim = 1; claim <= 256; ++claim)
    {
        life = life.claimed();
        BOOST_TEST(!life.empty());
        BOOST_TEST(!life.live());
        life = life.published(noon, noon + 1).taken().given();
        BOOST_TEST(life.empty());
        BOOST_TEST(life.bits() == claim % 256);
    }
}

BOOST_AUTO_TEST_CASE(issue_and_expiry_are_read_back_up_to_the_longest_span)
{
    for (auto const span : {1U, 3600U, life_word::issue_span - 1})
        for (auto const issued : {noon, life_word::issue_span * 100, life_word::issue_span * 100 - 1})
        {
            auto const life = life_word{}.claimed().published(issued, issued + span);
            BOOST_TEST(life.issued() == issued);
            BOOST_TEST(life.expiry() == issued + span);
        }
}

BOOST_AUTO_TEST_CASE(an_extension_keeps_issue_and_version)
{
    auto const life = life_word{}.claimed().published(noon, noon + 10);
    auto const later = life.extended(noon + 99);
    BOOST_TEST(later.issued() == noon);
    BOOST_TEST(later.expiry() == noon + 99);
    BOOST_TEST(later.taken().bits() == life.taken().bits());
}

BOOST_AUTO_TEST_CASE(it_expires_at_its_very_second)
{
    auto const life = life_word{}.claimed().published(noon, noon + 10);
    BOOST_TEST(!life.expired(noon + 9));
    BOOST_TEST(life.expired(noon + 10));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(slot_)

BOOST_AUTO_TEST_CASE(it_is_a_quarter_of_two_cache_lines) { BOOST_TEST(sizeof(slot) == 32U); }

BOOST_AUTO_TEST_CASE(a_claimed_slot_cannot_be_claimed_or_read)
{
    slot s;
    BOOST_TEST(s.claim());
    BOOST_TEST(!s.claim());
    sighting seen;
    BOOST_TEST(!s.read(seen));
}

BOOST_AUTO_TEST_CASE(a_published_slot_reads_as_it_was_written)
{
    slot s;
    s.claim();
    s.publish(key, 77, noon, noon + 60);
    sighting seen;
    BOOST_REQUIRE(s.read(seen));
    BOOST_TEST((seen.key == key));
    BOOST_TEST(seen.record == 77U);
    BOOST_TEST(seen.life.issued() == noon);
    BOOST_TEST(seen.life.expiry() == noon + 60);
    BOOST_TEST(s.still(seen.life));
}

BOOST_AUTO_TEST_CASE(only_one_take_succeeds_and_a_given_slot_is_free_again)
{
    slot s;
    s.claim();
    s.publish(key, 77, noon, noon + 60);
    auto const life = s.life();
    BOOST_TEST(s.take(life));
    BOOST_TEST(!s.take(life));
    BOOST_TEST(!s.still(life));
    BOOST_TEST((s.key() == key));
    BOOST_TEST(s.record() == 77U);
    s.give();
    BOOST_TEST(s.peek() == 0U);
    BOOST_TEST(s.claim());
}

BOOST_AUTO_TEST_CASE(an_extended_token_is_not_taken_by_its_old_life)
{
    slot s;
    s.claim();
    s.publish(key, 77, noon, noon + 60);
    auto const before = s.life();
    BOOST_TEST(s.extend(before, noon + 120));
    BOOST_TEST(!s.take(before));
    BOOST_TEST(!s.extend(before, noon + 180));
    BOOST_TEST(s.take(s.life()));
}

BOOST_AUTO_TEST_CASE(the_next_tenant_with_the_same_times_has_another_life)
{
    slot s;
    s.claim();
    s.publish(key, 77, noon, noon + 60);
    auto const first = s.life();
    s.take(first);
    s.give();
    s.claim();
    s.publish(key, 77, noon, noon + 60);
    BOOST_TEST(!s.still(first));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(passers_)

BOOST_AUTO_TEST_CASE(they_are_counted_up_and_down)
{
    basic_passers<std::atomic> passers;
    passers.enter(key);
    passers.enter(key);
    passers.leave(key);
    BOOST_TEST(passers.of_class(key) == 1U);
}

BOOST_AUTO_TEST_CASE(those_of_one_class_are_not_counted_for_another)
{
    basic_passers<std::atomic> passers;
    for (std::uint64_t b = 0; b < 8; ++b)
        for (std::uint64_t times = 0; times <= b; ++times)
            passers.enter({0, b});
    for (std::uint64_t b = 0; b < 8; ++b)
        BOOST_TEST(passers.of_class({1, b + 8}) == b + 1);
    BOOST_TEST(passers.all() == 36U);
}

BOOST_AUTO_TEST_CASE(at_its_highest_value_a_number_stays_and_the_others_do_not_mind)
{
    basic_passers<std::atomic> passers;
    token_key const other{key.a, key.b + 1};
    passers.enter(other);
    for (int i = 0; i < 20; ++i)
        passers.enter(key);
    for (int i = 0; i < 20; ++i)
        passers.leave(key);
    BOOST_TEST(passers.of_class(key) == passers.stuck);
    BOOST_TEST(passers.of_class(other) == 1U);
    passers.leave(other);
    BOOST_TEST(passers.of_class(other) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(record_words_)

BOOST_AUTO_TEST_CASE(bytes_of_any_length_are_copied_back)
{
    using words = basic_record_words<std::atomic>;
    std::array<words::word, 1 + 5> stored;
    for (std::size_t length = 1; length <= 40; ++length)
    {
        std::string bytes;
        for (std::size_t i = 0; i < length; ++i)
            bytes.push_back(static_cast<char>('a' + i % 26));
        words::store(stored.data(), record_label{3, 5, length}, bytes);
        std::array<char, 40> out;
        BOOST_REQUIRE(words::count(length) <= stored.size());
        auto const label = words::copy(stored.data(), out.data());
        BOOST_TEST(std::string(out.data(), label.length()) == bytes);
        BOOST_TEST(label.keeper() == 3U);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(record_label_)

BOOST_AUTO_TEST_CASE(it_keeps_number_stripe_and_length_at_their_limits)
{
    for (std::uint32_t const keeper : {0U, 1U, ~0U})
        for (std::uint64_t const owner : {std::uint64_t{0}, std::uint64_t{0xabcd}, ~std::uint64_t{0}})
            for (std::size_t const length : {std::size_t{1}, std::size_t{2}, max_principal_bytes})
            {
                record_label const label{record_label{keeper, owner, length}.bits()};
                BOOST_TEST(label.keeper() == keeper);
                BOOST_TEST(label.stripe() == owner % 65536);
                BOOST_TEST(label.length() == length);
            }
}

BOOST_AUTO_TEST_CASE(any_word_taken_for_a_label_has_a_length_in_bounds)
{
    for (std::uint64_t bits = 1; bits != 0; bits <<= 1)
        for (auto const word : {bits, ~bits, bits - 1})
        {
            BOOST_TEST(record_label{word}.length() >= 1U);
            BOOST_TEST(record_label{word}.length() <= max_principal_bytes);
            BOOST_TEST(record_label{word}.length<16>() <= 16U);
        }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(credit_count_)

BOOST_AUTO_TEST_CASE(it_gives_exactly_its_limit)
{
    basic_credit_count<std::atomic> credits{2};
    BOOST_TEST(credits.take());
    BOOST_TEST(credits.take());
    BOOST_TEST(!credits.take());
    credits.give();
    BOOST_TEST(credits.taken() == 1U);
    BOOST_TEST(credits.take());
    BOOST_TEST(!credits.take());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(soonest_mark_)

BOOST_AUTO_TEST_CASE(it_only_goes_down_until_it_is_reset)
{
    basic_soonest_mark<std::atomic> mark;
    BOOST_TEST(mark.reset() == 0U);
    mark.lower(noon + 5);
    mark.lower(noon + 9);
    BOOST_TEST(mark.get() == noon + 5);
    BOOST_TEST(mark.reset() == noon + 5);
    BOOST_TEST(mark.get() == mark.never);
}

BOOST_AUTO_TEST_CASE(it_is_not_kept_before_a_search_nor_once_it_is_forgotten)
{
    basic_soonest_mark<std::atomic> mark;
    mark.lower(noon);
    BOOST_TEST(mark.get() == 0U);
    mark.reset();
    mark.forget();
    mark.lower(noon);
    BOOST_TEST(mark.get() == 0U);
    BOOST_TEST(mark.reset() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
