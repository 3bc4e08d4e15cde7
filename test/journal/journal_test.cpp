#include "journal/journal.hpp"

#include "journal/opened.hpp"
#include "support/temporary_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>

using namespace tokend;
using namespace tokend::test;
using old_file = journal::snapshot::old_file;
using boost::test_tools::per_element;

namespace {

// Flips a bit of a file, as a disk might do it.
void flip(std::filesystem::path const& path, std::size_t at)
{
    auto bytes = bytes_of(path);
    bytes[at] ^= 1;
    std::ofstream{path, std::ios::binary | std::ios::in} << bytes;
}

constexpr std::size_t log_at = layout::header_bytes;  // in a file with an empty snapshot

}  // namespace

BOOST_AUTO_TEST_SUITE(journal_)

BOOST_AUTO_TEST_CASE(a_new_file_is_small_whatever_its_capacity_and_for_its_user_alone)
{
    place const p;
    auto const kept = journal::open(p.path, 10'000'000);
    struct stat seen
    {};
    BOOST_REQUIRE(::stat(p.path.c_str(), &seen) == 0);
    BOOST_TEST((seen.st_mode & 07777) == 0600U);
    BOOST_TEST(seen.st_size <= 10 << 20);
    BOOST_TEST(!std::filesystem::exists(p.folder.path() / "tokens.new"));
}

BOOST_AUTO_TEST_CASE(what_was_written_is_there_without_any_synchronization)
{
    place const p;
    {
        opened file{p.path};
        file.append({.kind = entry_kind::record, .serial = 1, .bytes = std::string(100, 'x')});
        file.issue(10);
        BOOST_TEST(file.all().issued.empty());
        BOOST_TEST(file.kept->write() == file.kept->appended());
        file.issue(11);
        file.end(10);
        file.kept->write();
    }
    opened file{p.path};
    auto const all = file.all();
    BOOST_TEST(all.records == keys{1}, per_element());
    BOOST_TEST(all.issued == (keys{10, 11}), per_element());
    BOOST_TEST(all.ended == keys{10}, per_element());
    file.issue(12);
    file.kept->write();
    BOOST_TEST(file.all().issued == (keys{10, 11, 12}), per_element());
}

// The pages of both copies of every end that is in the log.
void check_copies(journal_contents const& contents, std::size_t ends)
{
    std::map<std::uint64_t, std::vector<std::uint64_t>> pages;  // by key
    auto position = contents.log.first;
    for_each_entry(contents.log, [&](journal_entry const& e) {
        auto const at = contents.log.at + position * journal_unit::size;
        if (e.kind == entry_kind::end)
            for (auto const byte : {at, at + journal_unit::size - 1})
                pages[e.a].push_back(byte / layout::page);
        position += e.units;
    });
    BOOST_REQUIRE(pages.size() == ends);
    for (auto const& [key, lie_in] : pages)
    {
        BOOST_REQUIRE(lie_in.size() == 4U);
        BOOST_TEST(std::max(lie_in[0], lie_in[1]) < std::min(lie_in[2], lie_in[3]), "end of " << key);
    }
}

BOOST_AUTO_TEST_CASE(the_two_copies_of_an_end_lie_in_different_pages)
{
    for (std::uint64_t const ends : {1U, 20U, 300U})  // of less than a page, and of many
    {
        place const p;
        opened file{p.path};
        for (std::uint64_t a = 0; a < ends; ++a)
        {
            file.issue(a);
            file.end(a);
        }
        file.kept->write();
        file.kept->synchronize();
        check_copies(file.kept->contents(), ends);
    }
}

BOOST_AUTO_TEST_CASE(so_do_those_of_an_end_that_comes_while_a_snapshot_is_made)
{
    place const p;
    opened file{p.path};
    journal::snapshot next{*file.kept, 100, old_file::sound};
    for (std::uint64_t a = 0; a < 5; ++a)
    {
        file.end(a);
        file.kept->write();
        file.kept->synchronize();
    }
    file.end(5);
    file.kept->write();
    next.finish();
    file.kept->synchronize();
    check_copies(file.kept->contents(), 6);
}

BOOST_AUTO_TEST_CASE(a_synchronization_leaves_the_rest_of_the_page_out)
{
    place const p;
    {
        opened file{p.path};
        for (std::uint64_t i = 0; i < 5; ++i)
        {
            file.issue(i);
            file.kept->write();
            file.kept->synchronize();
            BOOST_TEST(file.kept->is_synchronized());
            file.kept->synchronize();
        }
    }
    opened file{p.path};
    auto const contents = file.kept->contents();
    auto const count = for_each_entry(contents.log, [](journal_entry const&) {});
    BOOST_TEST(count.read == contents.log.count);
    BOOST_TEST(count.end == (5U * 4096 + journal_unit::size - 1) / journal_unit::size);
}

BOOST_AUTO_TEST_CASE(a_full_log_refuses_issues_first_and_ends_only_when_their_part_is_full_too)
{
    log_buffer buffer{std::size_t{8} << 20};
    constexpr std::uint64_t for_ends_alone = (1 << 20) / journal_unit::size;
    journal_entry const issue{.kind = entry_kind::issue};
    journal_entry const end{.kind = entry_kind::end};
    buffer.set_room(for_ends_alone + 2);
    BOOST_TEST(buffer.append(std::span{&issue, 1}, entry_purpose::issue));
    BOOST_TEST(buffer.append(std::span{&issue, 1}, entry_purpose::use));
    BOOST_TEST(!buffer.append(std::span{&issue, 1}, entry_purpose::issue));
    BOOST_TEST(!buffer.append(std::span{&issue, 1}, entry_purpose::use));
    std::size_t ends = 0;
    while (buffer.append(std::span{&end, 1}, entry_purpose::end))
        ++ends;
    BOOST_TEST(ends == for_ends_alone / 2);  // each is written twice
    BOOST_TEST(buffer.take().size() == (2 + ends) * journal_unit::size);
    buffer.set_room(for_ends_alone + 1);
    BOOST_TEST(buffer.append(std::span{&issue, 1}, entry_purpose::issue));
}

BOOST_AUTO_TEST_CASE(an_end_that_does_not_fit_asks_for_a_new_file)
{
    place const p;
    opened file{p.path};
    std::uint64_t a = 0;
    while (file.issue(a) == append_result::done)
        ++a;
    BOOST_TEST((file.issue(a) == append_result::full));
    BOOST_TEST(!file.kept->needs_new_file());
    append_result last{};
    for (std::uint64_t i = 0; (last = file.end(i)) == append_result::done;)
        ++i;
    BOOST_TEST((last == append_result::unwritable));
    BOOST_TEST(file.kept->needs_new_file());
    journal::snapshot{*file.kept, 100, old_file::suspect}.finish();
    BOOST_TEST(!file.kept->needs_new_file());
    file.kept->write();
    BOOST_TEST((file.issue(1) == append_result::done));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_removed_or_replaced_is_noticed_and_a_new_one_takes_the_name_if_it_is_free)
{
    place const p;
    opened file{p.path};
    auto const check = [&](std::string const& why) {
        BOOST_CHECK_EXCEPTION(file.kept->check_identity(), std::runtime_error, [&](std::runtime_error const& e) {
            return std::string_view{e.what()} == "tokens file " + p.path.string() + ' ' + why;
        });
        BOOST_TEST(file.kept->needs_new_file());
    };
    auto const mend = [&] {
        journal::snapshot next{*file.kept, 100, old_file::suspect};
        next.finish();
        file.kept->check_identity();
        BOOST_TEST(!file.kept->needs_new_file());
    };
    file.kept->check_identity();

    std::filesystem::resize_file(p.path, 10'000);
    file.issue(1);
    BOOST_CHECK_THROW(file.kept->write(), std::runtime_error);
    check("was made shorter by somebody else");
    mend();
    file.kept->write();
    BOOST_TEST(file.all().issued == keys{1}, per_element());

    std::filesystem::remove(p.path);
    check("was removed by somebody else");
    mend();

    auto const other = p.folder.write("other", "a letter");
    std::filesystem::rename(other, p.path);
    check("was replaced by another file; move that away");
    BOOST_CHECK_THROW(mend(), std::runtime_error);
    BOOST_TEST(bytes_of(p.path) == "a letter");
    std::filesystem::remove(p.path);
    mend();
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_damaged_if_it_was_on_the_disk_and_else_unfinished_until_a_new_file_is_made)
{
    place const p;
    std::size_t third = 0;
    {
        opened file{p.path};
        file.issue(1);
        file.issue(2);
        file.issue(3);
        file.kept->write();
        file.kept->synchronize();
        third = file.kept->contents().log.count;  // behind the padding
        file.issue(4);
        file.issue(5);
        file.kept->write();
    }
    flip(p.path, log_at + third * journal_unit::size);
    {
        auto const kept = journal::open(p.path, 100);
        auto const contents = kept->contents();
        BOOST_TEST(contents.damaged == 0U);
        BOOST_TEST(contents.unfinished == 1U);
        BOOST_TEST(all_of(contents).issued == (keys{1, 2, 3, 5}), per_element());
    }
    flip(p.path, log_at + journal_unit::size);
    opened file{p.path};
    BOOST_TEST(file.kept->contents().damaged == 1U);
    BOOST_TEST(file.kept->contents().unfinished == 1U);
    BOOST_TEST(file.all().issued == (keys{1, 3, 5}), per_element());
    BOOST_TEST(file.kept->wants_snapshot(0));
    file.issue(6);
    file.kept->write();
    file.kept->synchronize();
    BOOST_TEST(file.kept->contents().damaged == 1U);
    BOOST_TEST(file.kept->contents().unfinished == 1U);
    journal::snapshot{*file.kept, 100, old_file::sound}.finish();
    BOOST_TEST(file.kept->contents().damaged == 0U);
    BOOST_TEST(file.kept->contents().unfinished == 0U);
    BOOST_TEST(!file.kept->wants_snapshot(0));
}

BOOST_AUTO_TEST_CASE(a_file_of_which_little_lives_asks_for_a_snapshot_and_becomes_small_by_it)
{
    place const p;
    opened file{p.path};
    journal::snapshot many{*file.kept, 1'000'000, old_file::sound};
    for (std::uint64_t a = 0; a < 300'000; ++a)
        many.add({.kind = entry_kind::issue, .a = a, .issued = 1, .expires = 2, .serial = 1});
    many.finish();
    BOOST_TEST(std::filesystem::file_size(p.path) > 20U << 20);
    BOOST_TEST(!file.kept->wants_snapshot(300'000));
    BOOST_TEST(!file.kept->wants_snapshot(75'000));
    BOOST_TEST(file.kept->wants_snapshot(74'999));
    journal::snapshot{*file.kept, 1'000'000, old_file::sound}.finish();
    BOOST_TEST(std::filesystem::file_size(p.path) <= 10U << 20);
    BOOST_TEST(!file.kept->wants_snapshot(0));
}

BOOST_AUTO_TEST_CASE(the_newest_issue_and_the_last_serial_are_known_from_snapshot_and_log)
{
    place const p;
    opened file{p.path};
    file.append({.kind = entry_kind::issue, .a = 1, .issued = 500, .expires = 600, .serial = 3, .address = 9});
    file.kept->write();
    BOOST_TEST(file.kept->contents().newest == 500U);
    BOOST_TEST(file.kept->contents().last_serial == 3U);
    BOOST_TEST(file.kept->contents().last_address == 9U);
    file.append({.kind = entry_kind::touch, .a = 1, .issued = 550, .expires = 700});
    journal::snapshot{*file.kept, 100, old_file::sound}.finish();
    BOOST_TEST(file.kept->contents().newest == 550U);
}

BOOST_AUTO_TEST_CASE(two_never_have_one_file)
{
    place const p;
    opened const file{p.path};
    BOOST_TEST(refusal_of(p.path) == "tokens file " + p.path.string() + " is in use by another process");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_right_is_refused_and_left_as_it_was)
{
    place const p;
    {
        opened file{p.path};
        file.issue(1);
        file.kept->write();
        file.kept->synchronize();
    }
    auto const good = bytes_of(p.path);
    auto const refused_as = [&](std::string const& bytes, std::string const& why) {
        std::ofstream{p.path, std::ios::binary | std::ios::trunc} << bytes;
        BOOST_TEST(refusal_of(p.path) == "tokens file " + p.path.string() + ' ' + why);
        BOOST_TEST((bytes_of(p.path) == bytes));
    };
    refused_as("", "is not a tokens file");
    refused_as("[tokens]\ncapacity = 1\n", "is not a tokens file");
    refused_as(good.substr(0, good.size() - 1), "has " + std::to_string(good.size() - 1) + " bytes, and had " +
                                                    std::to_string(good.size()) +
                                                    ": it was cut, and what it lost may be releases");
    auto damaged = good;
    damaged[4096 + 8] ^= 1;
    refused_as(damaged, "is damaged in its header");
    std::filesystem::permissions(p.path, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
    refused_as(good, "is not a file of this user alone; owner and mode 0600 were meant");
}

// Else one synchronization would seal and write them all, and a worker on the same core would wait for that.
BOOST_AUTO_TEST_CASE(the_copies_of_very_many_ends_do_not_wait_for_a_synchronization)
{
    place const p;
    opened file{p.path};
    constexpr std::uint64_t many = 10'000;
    for (std::uint64_t i = 1; i <= many; ++i)
        BOOST_REQUIRE((file.append({.kind = entry_kind::end, .a = i, .b = i, .expires = 2}) == append_result::done));
    file.kept->write();
    BOOST_TEST(file.all().ended.size() == 2 * many);
    file.kept->synchronize();
    BOOST_TEST(file.all().ended.size() == 2 * many);
}

BOOST_AUTO_TEST_SUITE_END()
