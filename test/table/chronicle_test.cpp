#include "table/chronicle.hpp"

#include "table/table_export.hpp"
#include "table/table_import.hpp"
#include "table/tokens.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

namespace {

std::string text_of(std::span<char const> bytes) { return {bytes.begin(), bytes.end()}; }

std::string principal_of(table const& kept, token_key key)
{
    found_token found;
    return kept.find(key, noon, found) ? text_of(found.principal()) : "";
}

// Notes each report, and what a find sees at that moment. Only a find may look back into the table, because it takes
// no lock.
class observer final : public chronicle
{
public:
    explicit observer(table const& kept) : table_{kept} {}

    chronicle_result add_issue(chronicle_issue const& issue) noexcept override
    {
        auto const address = issue.address.serial == nullptr ? "nowhere" : text_of(issue.address.bytes);
        auto const known = issue.principal.serial->is_recorded() ? "again " : "";
        note("issue " + std::string{known} + text_of(issue.principal.bytes) + " from " + address, issue.key);
        if (result == chronicle_result::done)
            issue.principal.serial->set_recorded();
        return result;
    }
    void add_touch(token_key key, sys_seconds, sys_seconds expires) noexcept override
    {
        found_token found;
        bool const later = table_.find(key, noon, found) && found.expires_at == expires;
        note(later ? "touch, seen" : "touch, not seen", key);
    }
    void add_end(token_key key) noexcept override { note("end", key); }
    void add_replacement(std::uint64_t old, chronicle_record const& principal) noexcept override
    {
        note("replacement of " + std::to_string(old) + " by " + text_of(principal.bytes), watched);
    }

    chronicle_result result = chronicle_result::done;
    token_key watched{};
    std::vector<std::string> reports;

private:
    void note(std::string what, token_key key)
    {
        reports.push_back(std::move(what) + (has(table_, key) ? ": live" : ": gone"));
        if (key == watched)
            reports.back() += " as " + principal_of(table_, key);
    }

    table const& table_;
};

using reports = std::vector<std::string>;

struct observed
{
    observed() { kept.report_to(seen); }

    table kept{{.capacity = 100, .record_bytes = 32 * 1024, .stripes = 2}};
    observer seen{kept};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(chronicle_, observed)

BOOST_AUTO_TEST_CASE(an_issue_is_reported_before_the_token_can_be_found)
{
    auto const key = random_key();
    auto whose = kept.prepare(alice, alice);
    std::string const address = "192.0.2.1";
    whose.address = address;
    BOOST_TEST((kept.insert(key, whose, noon, noon + seconds{60}, noon) == insert_result::done));
    put(kept, random_key());
    BOOST_TEST(seen.reports == (reports{"issue " + alice + " from 192.0.2.1: gone",
                                        "issue again " + alice + " from nowhere: gone"}),
               boost::test_tools::per_element());
    BOOST_TEST(has(kept, key));
}

BOOST_AUTO_TEST_CASE(an_issue_that_the_chronicle_refuses_leaves_nothing_behind)
{
    for (auto const& [refusal, result] : {std::pair{chronicle_result::full, insert_result::full},
                                          std::pair{chronicle_result::unwritable, insert_result::unwritable}})
    {
        seen.result = refusal;
        auto const key = random_key();
        BOOST_TEST((put(kept, key) == result));
        BOOST_TEST(!has(kept, key));
    }
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.census().records == 0U);
}

BOOST_AUTO_TEST_CASE(an_end_is_reported_once_and_after_the_token_has_left)
{
    auto const key = random_key();
    put(kept, key);
    seen.reports.clear();
    BOOST_TEST(kept.erase(key, noon));
    BOOST_TEST(!kept.erase(key, noon));
    BOOST_TEST(seen.reports == reports{"end: gone"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_touch_is_reported_after_the_later_end_can_be_seen)
{
    auto const key = random_key();
    put(kept, key);
    seen.reports.clear();
    BOOST_TEST(kept.touch(key, noon + seconds{90}, noon));
    BOOST_TEST(!kept.touch(random_key(), noon + seconds{90}, noon));
    BOOST_TEST(seen.reports == reports{"touch, seen: live"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_replacement_is_reported_once_and_before_the_first_token_moves)
{
    seen.watched = random_key();
    put(kept, seen.watched);
    put(kept, random_key());
    seen.reports.clear();
    std::string const other = alice + ", administrator";
    BOOST_TEST(kept.replace_principal(alice, kept.prepare(other, alice), 10) == 2U);
    BOOST_TEST(seen.reports == reports{"replacement of 1 by " + other + ": live as " + alice},
               boost::test_tools::per_element());
    BOOST_TEST(principal_of(kept, seen.watched) == other);
}

BOOST_AUTO_TEST_CASE(an_end_by_expiry_is_not_reported)
{
    put(kept, random_key());
    seen.reports.clear();
    std::size_t position = 0;
    while (kept.sweep_slice(position, 1000, noon + seconds{60}) == 0)
        BOOST_REQUIRE(position != 0U);
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(seen.reports.empty());
}

BOOST_AUTO_TEST_CASE(what_one_table_exports_another_one_imports)
{
    for (int i = 0; i < 30; ++i)
        put(kept, random_key(), i % 3 == 0 ? bob : alice, seconds{i < 20 ? 60 : 1});
    table copy{{.capacity = 20, .record_bytes = 32 * 1024, .stripes = 2}};
    table_import into{copy};
    table_export from{kept};
    std::map<std::uint64_t, import_count> principals;
    from.for_each_principal([&](std::uint64_t serial, std::span<char const> bytes) {
        principals[serial] = {into.add_principal(bytes, bytes, serial), 0};
    });
    std::vector<token_key> keys;
    auto const add = [&](exported_token const& token) {
        BOOST_TEST(!into.contains(token.key));
        BOOST_TEST(into.reserve(1) == keys.size() + 1);
        into.add(token.key, principals.at(token.principal).record, token.issued, token.expires, 0);
        BOOST_TEST(into.contains(token.key));
        ++principals.at(token.principal).tokens;
        keys.push_back(token.key);
    };
    int rests = 0;
    from.for_each_token(noon + seconds{1}, add, [&] { ++rests; });
    BOOST_TEST(rests > 0);
    std::vector<import_count> counts;
    for (auto const& [serial, count] : principals)
        counts.push_back(count);
    into.count_principals(counts);
    into.finish(principals.rbegin()->first, 0);
    BOOST_TEST(keys.size() == 20U);
    for (auto const key : keys)
        BOOST_TEST(principal_of(copy, key) == principal_of(kept, key));
    check_consistent(copy);
    BOOST_TEST(copy.census().records == 2U);
    BOOST_TEST((put(copy, random_key()) == insert_result::full));
}

BOOST_AUTO_TEST_SUITE_END()
