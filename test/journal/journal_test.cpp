#include "journal/journal.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

using namespace tokend;
using tokend::test::temporary_folder;

namespace {

constexpr journal_geometry small{.capacity = 100, .snapshot_bytes = 16 * 4096, .log_bytes = 8 * 4096};

std::string bytes_of(std::filesystem::path const& path)
{
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

struct found
{
    std::vector<std::uint64_t> records;  // serials
    std::vector<std::uint64_t> issued;   // keys, as the next
    std::vector<std::uint64_t> ended;
};

found all_of(journal const& kept)
{
    found out;
    auto const contents = kept.contents();
    auto const note = [&](journal_entry const& e) {
        if (e.kind == entry_kind::issue)
            out.issued.push_back(e.a);
        if (e.kind == entry_kind::end)
            out.ended.push_back(e.a);
    };
    for (auto const& record : contents.records)
        out.records.push_back(record.serial);
    for_each_entry(contents.tokens, note);
    for (auto const& log : contents.logs)
        for_each_entry(log, note);
    return out;
}

// An open file that goes on where it ended.
struct opened
{
    journal kept;
    explicit opened(std::filesystem::path const& path) : kept{journal::open(path, small)}
    {
        kept.go_on_behind(kept.contents());
    }
    void append(journal_entry const& entry)
    {
        auto const place = kept.reserve(static_cast<std::uint32_t>(journal_unit::count_of(entry)));
        BOOST_REQUIRE(bool{place});
        kept.fill(place, entry);
    }
    void issue(std::uint64_t a) { append({.kind = entry_kind::issue, .a = a, .issued = 1, .expires = 2, .serial = 1}); }
};

std::string refusal_of(std::filesystem::path const& path)
{
    try
    {
        journal::open(path, small);
        return "";
    }
    catch (std::runtime_error const& e)
    {
        return e.what();
    }
}

using keys = std::vector<std::uint64_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_)

BOOST_AUTO_TEST_CASE(a_new_file_has_all_its_space_and_is_for_its_user_alone)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    opened const file{path};
    struct stat seen
    {};
    BOOST_REQUIRE(::stat(path.c_str(), &seen) == 0);
    BOOST_TEST((seen.st_mode & 07777) == 0600U);
    BOOST_TEST(seen.st_size == 4 * 4096 + 2 * 24 * 4096);
    BOOST_TEST(seen.st_blocks * 512 >= seen.st_size);
    BOOST_TEST(!std::filesystem::exists(folder.path() / "tokens.new"));
}

BOOST_AUTO_TEST_CASE(what_was_appended_is_there_without_any_synchronization)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    {
        opened file{path};
        file.append({.kind = entry_kind::record, .serial = 1, .bytes = std::string(100, 'x')});
        file.issue(10);
        file.issue(11);
        file.append({.kind = entry_kind::end, .a = 10});
    }
    opened file{path};
    auto const all = all_of(file.kept);
    BOOST_TEST(all.records == keys{1}, boost::test_tools::per_element());
    BOOST_TEST(all.issued == (keys{10, 11}), boost::test_tools::per_element());
    BOOST_TEST(all.ended == (keys{10, 10}), boost::test_tools::per_element());
    file.issue(12);
    BOOST_TEST(all_of(file.kept).issued == (keys{10, 11, 12}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_snapshot_takes_the_place_of_what_was_before_it_and_not_of_what_came_since)
{
    temporary_folder const folder;
    opened file{folder.path() / "tokens"};
    file.issue(1);
    file.issue(2);
    {
        journal::snapshot next{file.kept};
        file.issue(3);
        BOOST_TEST(all_of(file.kept).issued == (keys{1, 2, 3}), boost::test_tools::per_element());
        next.add({.kind = entry_kind::issue, .a = 2, .expires = 1});
        next.finish();
    }
    BOOST_TEST(all_of(file.kept).issued == (keys{2, 3}), boost::test_tools::per_element());
    file.issue(4);
    journal::snapshot another{file.kept};
    another.finish();
    BOOST_TEST(all_of(file.kept).issued.empty());
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_was_not_finished_is_wanted_again_and_loses_nothing)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    {
        opened file{path};
        file.issue(1);
        journal::snapshot next{file.kept};
        next.add({.kind = entry_kind::issue, .a = 99, .expires = 1});
        file.issue(2);
    }
    opened file{path};
    BOOST_TEST(all_of(file.kept).issued == (keys{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(file.kept.wants_snapshot());
    file.issue(3);
    BOOST_TEST(all_of(file.kept).issued == (keys{1, 2, 3}), boost::test_tools::per_element());
    journal::snapshot next{file.kept};
    next.add({.kind = entry_kind::issue, .a = 1, .expires = 1});
    next.finish();
    BOOST_TEST(all_of(file.kept).issued == (keys{1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(!file.kept.wants_snapshot());
}

BOOST_AUTO_TEST_CASE(a_synchronization_leaves_the_rest_of_the_page_out)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    {
        opened file{path};
        for (std::uint64_t i = 0; i < 5; ++i)
        {
            file.issue(i);
            file.kept.synchronize();
            file.kept.synchronize();
        }
    }
    opened file{path};
    auto const count = for_each_entry(file.kept.contents().logs.front(), [](journal_entry const&) {});
    BOOST_TEST(count.unreadable == 0U);
    BOOST_TEST(count.end == 5U * 4096 / journal_unit::size);
}

BOOST_AUTO_TEST_CASE(a_full_log_refuses_those_who_may_not_wait_and_those_who_may_once_it_is_given_up)
{
    temporary_folder const folder;
    opened file{folder.path() / "tokens"};
    while (auto const place = file.kept.try_reserve(1))
        file.kept.leave_out(place);
    BOOST_TEST(file.kept.wants_snapshot());
    file.kept.give_up();
    BOOST_TEST(!file.kept.reserve(1));
    file.kept.synchronize();
    journal::snapshot{file.kept}.finish();
    BOOST_TEST(bool{file.kept.reserve(1)});
}

// Whose bytes can be changed as a disk might do it.
class broken_file
{
public:
    explicit broken_file(std::filesystem::path path) : path_{std::move(path)}, bytes_{bytes_of(path_)} {}
    void flip(std::size_t at)
    {
        bytes_[at] ^= 1;
        std::ofstream{path_, std::ios::binary | std::ios::in} << bytes_;
    }

private:
    std::filesystem::path path_;
    std::string bytes_;
};

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_damaged_if_it_was_on_the_disk_and_else_unfinished_until_the_next_opening)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    constexpr std::size_t log_at = 4 * 4096 + 16 * 4096;
    {
        opened file{path};
        file.issue(1);
        file.issue(2);
        file.issue(3);
        file.kept.synchronize();
        file.kept.tell_clock({});
        file.kept.reserve(2);  // killed before it is filled
        file.issue(4);
        file.kept.reserve(1);
    }
    {
        journal kept{journal::open(path, small)};
        BOOST_TEST(kept.contents().damaged == 0U);
        BOOST_TEST(kept.contents().unfinished() == 2U);  // and one that stands behind the last entry: nobody misses it
    }
    broken_file{path}.flip(log_at + journal_unit::size);
    opened file{path};
    BOOST_TEST(file.kept.contents().damaged == 1U);
    BOOST_TEST(file.kept.contents().unfinished() == 0U);
    BOOST_TEST(all_of(file.kept).issued == (keys{1, 3, 4}), boost::test_tools::per_element());
    file.issue(5);
    file.kept.synchronize();
    file.kept.tell_clock({});
    BOOST_TEST(file.kept.contents().damaged == 1U);
    journal::snapshot{file.kept}.finish();
    BOOST_TEST(file.kept.contents().damaged == 0U);
}

BOOST_AUTO_TEST_CASE(damage_in_a_log_that_was_left_for_the_next_one_is_counted)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    {
        opened file{path};
        for (std::uint64_t i = 0; i < 4; ++i)
            file.issue(i);
        journal::snapshot const begun{file.kept};
        file.issue(9);
        file.kept.tell_clock({});
    }
    broken_file{path}.flip(4 * 4096 + 16 * 4096 + 2 * journal_unit::size);
    opened file{path};
    BOOST_TEST(file.kept.contents().damaged == 1U);
    BOOST_TEST(all_of(file.kept).issued == (keys{0, 1, 3, 9}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_fit_the_disk_is_an_error_that_says_so_and_leaves_nothing)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    constexpr std::uint64_t much = std::uint64_t{1} << 45;  // 32 TiB, twice
    std::string said;
    try
    {
        journal::open(path, {.capacity = 1, .snapshot_bytes = much, .log_bytes = 4096});
    }
    catch (std::system_error const& e)
    {
        BOOST_TEST((e.code() == std::errc::no_space_on_device));
        said = e.what();
    }
    auto const begin = "tokens file " + path.string() + ".new: cannot allocate its " +
                       std::to_string(2 * (much + 4096) + 4 * 4096) + " bytes, ";
    BOOST_TEST(said.substr(0, begin.size()) == begin);
    BOOST_TEST(said.ends_with(" are free: No space left on device"));
    BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(two_never_have_one_file)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    opened const file{path};
    BOOST_TEST(refusal_of(path) == "tokens file " + path.string() + " is in use by another process");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_right_is_refused_and_left_as_it_was)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    {
        opened file{path};
        file.issue(1);
    }
    auto const good = bytes_of(path);
    auto const refused_as = [&](std::string const& bytes, std::string const& why) {
        std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
        BOOST_TEST(refusal_of(path) == "tokens file " + path.string() + ' ' + why);
        BOOST_TEST((bytes_of(path) == bytes));
    };
    refused_as("", "is not a tokens file");
    refused_as("[tokens]\ncapacity = 1\n", "is not a tokens file");
    refused_as(good.substr(0, good.size() - 1),
               "has " + std::to_string(good.size() - 1) + " bytes, " + std::to_string(good.size()) + " were meant");
    auto damaged = good;
    damaged[4096 + 8] ^= 1;
    refused_as(damaged, "is damaged in its header");
    std::filesystem::permissions(path, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
    refused_as(good, "is not a file of this user alone; owner and mode 0600 were meant");
}

BOOST_AUTO_TEST_SUITE_END()
