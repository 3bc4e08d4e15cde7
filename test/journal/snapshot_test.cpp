#include "journal/opened.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace tokend;
using namespace tokend::test;
using old_file = journal::snapshot::old_file;
using boost::test_tools::per_element;

BOOST_AUTO_TEST_SUITE(snapshot_)

BOOST_AUTO_TEST_CASE(a_snapshot_takes_the_place_of_what_was_before_it_and_not_of_what_came_since)
{
    place const p;
    opened file{p.path};
    file.issue(1);
    file.issue(2);
    file.kept->write();
    {
        journal::snapshot next{*file.kept, 100, old_file::sound};
        file.issue(3);
        file.kept->write();
        file.end(3);
        file.issue(4);  // is written to the new file
        BOOST_TEST(file.all().issued == (keys{1, 2, 3}), per_element());
        next.add({.kind = entry_kind::issue, .a = 2, .expires = 1});
        next.finish();
    }
    file.kept->write();
    BOOST_TEST(file.all().issued == (keys{2, 3, 4}), per_element());
    BOOST_TEST(file.all().ended == keys{3}, per_element());
    file.kept->synchronize();
    BOOST_TEST(file.all().ended == (keys{3, 3}), per_element());
    file.issue(5);
    journal::snapshot{*file.kept, 100, old_file::sound}.finish();
    file.kept->write();
    BOOST_TEST(file.all().issued == keys{5}, per_element());
    BOOST_TEST(refusal_of(p.path) == "tokens file " + p.path.string() + " is in use by another process");
}

// The second copies of all ends since the last synchronization come into the new file.
BOOST_AUTO_TEST_CASE(a_new_file_has_room_for_the_copies_of_very_many_ends)
{
    place const p;
    opened file{p.path};
    constexpr std::uint64_t many = 300'000;
    constexpr std::uint64_t batch = 10'000;
    auto const end = [&](std::uint64_t i) {
        return file.append({.kind = entry_kind::end, .a = i, .b = i, .expires = 2});
    };
    journal::snapshot next{*file.kept, 100, old_file::sound};
    for (std::uint64_t i = 1; i <= many; ++i)
    {
        BOOST_REQUIRE((end(i) == append_result::done));
        if (i % batch == 0)
            file.kept->write();
    }
    next.finish();
    BOOST_TEST((end(many + 1) == append_result::done));
    BOOST_TEST((file.issue(many + 2) == append_result::done));
    file.kept->write();
    file.kept->synchronize();
    BOOST_TEST(file.all().ended.size() == 2 * (many + 1));
}

BOOST_AUTO_TEST_CASE(a_snapshot_that_was_not_finished_leaves_no_trace)
{
    place const p;
    opened file{p.path};
    file.issue(1);
    file.kept->write();
    {
        journal::snapshot next{*file.kept, 100, old_file::sound};
        next.add({.kind = entry_kind::issue, .a = 99, .expires = 1});
        file.issue(2);
        file.kept->write();
    }
    BOOST_TEST(file.all().issued == (keys{1, 2}), per_element());
    BOOST_TEST(!std::filesystem::exists(p.folder.path() / "tokens.new"));
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_left_of_a_snapshot_is_replaced_by_the_next_one)
{
    place const p;
    auto const beside = p.folder.path() / "tokens.new";
    opened file{p.path};
    file.issue(1);
    file.kept->write();
    {
        auto left = journal_file::create(beside);
        left.write(0, std::as_bytes(std::span{"half of a snapshot"}));
    }
    journal::snapshot next{*file.kept, 100, old_file::sound};
    next.finish();
    BOOST_TEST(file.all().issued.empty());
    BOOST_TEST(!std::filesystem::exists(beside));
}

BOOST_AUTO_TEST_CASE(a_file_of_somebody_else_at_the_name_of_the_next_one_is_not_used)
{
    place const p;
    auto const beside = p.folder.path() / "tokens.new";
    opened file{p.path};
    auto const refused = [&](std::string const& what) {
        BOOST_CHECK_EXCEPTION((journal::snapshot{*file.kept, 100, old_file::sound}), std::runtime_error,
                              [&](std::runtime_error const& e) {
                                  return std::string_view{e.what()} ==
                                         "tokens file " + beside.string() +
                                             " is there already and is not a file of this user alone; remove it";
                              });
        BOOST_TEST(std::filesystem::exists(std::filesystem::symlink_status(beside)), what);
        std::filesystem::remove(beside);
    };
    std::ofstream{beside} << "a letter";
    std::filesystem::permissions(beside, std::filesystem::perms{0644});
    refused("for all to read");
    std::filesystem::create_symlink(p.folder.path() / "elsewhere", beside);
    refused("a symbolic link");
    if (::geteuid() == 0)
    {
        std::ofstream{beside} << "a letter";
        std::filesystem::permissions(beside, std::filesystem::perms{0600});
        BOOST_REQUIRE(::chown(beside.c_str(), 65534, 65534) == 0);
        refused("another user's");
    }
}

BOOST_AUTO_TEST_SUITE_END()
