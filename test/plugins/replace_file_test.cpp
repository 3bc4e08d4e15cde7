#include "common/replace_file.hpp"

#include "common/text_file.hpp"
#include "support/only_for_root.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>
#include <thread>
#include <vector>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

struct fixture
{
    std::string text() const { return read_text_file(file.string()).text; }
    struct stat status() const
    {
        struct stat s
        {};
        BOOST_REQUIRE(::stat(file.c_str(), &s) == 0);
        return s;
    }
    mode_t mode() const { return status().st_mode & 07777; }
    std::size_t files_in_folder() const
    {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder.path()}, {}));
    }

    temporary_folder folder;
    std::filesystem::path const file = folder / "f";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replace_file_, fixture)

BOOST_AUTO_TEST_CASE(others_cannot_read_a_new_file)
{
    folder_lock const lock{file};
    replace_file(file, "new\n");
    BOOST_TEST(text() == "new\n");
    BOOST_TEST(mode() == 0640U);
    BOOST_TEST(files_in_folder() == 1U);
}

BOOST_AUTO_TEST_CASE(the_mode_of_the_old_file_stays)
{
    folder.write("f", "old");
    ::chmod(file.c_str(), 0604);
    folder_lock const lock{file};
    replace_file(file, "new");
    BOOST_TEST(text() == "new");
    BOOST_TEST(mode() == 0604U);
}

// Only root may give files to others.
BOOST_AUTO_TEST_CASE(a_new_file_has_the_group_of_its_folder, *only_for_root())
{
    BOOST_REQUIRE(::chown(folder.path().c_str(), 0, other_id) == 0);
    folder_lock const lock{file};
    replace_file(file, "new\n");
    BOOST_TEST(status().st_gid == other_id);
    BOOST_TEST(status().st_uid == 0U);
    BOOST_TEST(mode() == 0640U);
    std::filesystem::remove(file);
    create_file(file, "key");
    BOOST_TEST(status().st_gid == other_id);
    BOOST_TEST(mode() == 0640U);
}

BOOST_AUTO_TEST_CASE(owner_group_and_mode_of_the_old_file_stay, *only_for_root())
{
    folder.write("f", "old");
    BOOST_REQUIRE(::chown(file.c_str(), other_id, other_id + 1) == 0);
    ::chmod(file.c_str(), 0604);
    folder_lock const lock{file};
    replace_file(file, "new\n");
    BOOST_TEST(status().st_uid == other_id);
    BOOST_TEST(status().st_gid == other_id + 1);
    BOOST_TEST(mode() == 0604U);
}

BOOST_AUTO_TEST_CASE(a_file_whose_group_may_not_be_given_is_its_owners_alone, *only_for_root())
{
    BOOST_REQUIRE(::chown(folder.path().c_str(), other_id, 0) == 0);
    auto const child = ::fork();
    if (child == 0)
    {
        bool const is_other = ::setgroups(0, nullptr) == 0 && ::setgid(other_id) == 0 && ::setuid(other_id) == 0;
        if (is_other)
            create_file(file, "key");
        ::_exit(is_other ? 0 : 1);
    }
    int status_of_child = -1;
    BOOST_REQUIRE(::waitpid(child, &status_of_child, 0) == child);
    BOOST_REQUIRE(status_of_child == 0);
    BOOST_TEST(status().st_gid == other_id);
    BOOST_TEST(mode() == 0600U);
}

BOOST_AUTO_TEST_CASE(a_link_stays_one)
{
    folder.write("target", "old");
    std::filesystem::create_symlink("target", file);
    folder_lock const lock{file};
    replace_file(file, "new");
    BOOST_TEST(std::filesystem::is_symlink(file));
    BOOST_TEST(read_text_file((folder / "target").string()).text == "new");
}

BOOST_AUTO_TEST_CASE(a_file_is_named_relative_to_the_current_folder_too)
{
    auto const before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    {
        folder_lock const lock{"f"};
        replace_file("f", "new");
    }
    std::filesystem::current_path(before);
    BOOST_TEST(text() == "new");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_leaves_nothing)
{
    BOOST_CHECK_THROW(folder_lock{folder / "none/f"}, std::system_error);
    std::filesystem::create_directory(file);
    folder_lock const lock{file};
    BOOST_CHECK_THROW(replace_file(file, "new"), std::system_error);
    BOOST_TEST(files_in_folder() == 1U);
    BOOST_TEST(std::filesystem::is_directory(file));
}

BOOST_AUTO_TEST_CASE(a_writer_that_is_killed_leaves_the_old_file_and_hinders_nobody)
{
    folder.write("f", "old");
    auto const child = ::fork();
    if (child == 0)
    {
        rlimit const few_bytes{100, 100};
        ::setrlimit(RLIMIT_FSIZE, &few_bytes);
        ::signal(SIGXFSZ, SIG_DFL);  // killed in the middle of writing
        folder_lock const lock{file};
        replace_file(file, std::string(10'000, 'x'));
        ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFSIGNALED(status));
    BOOST_TEST(WTERMSIG(status) == SIGXFSZ);
    BOOST_TEST(text() == "old");
    BOOST_TEST(files_in_folder() == 2U);
    folder_lock const lock{file};
    replace_file(file, "new");
    BOOST_TEST(text() == "new");
    BOOST_TEST(files_in_folder() == 1U);
}

BOOST_AUTO_TEST_CASE(writers_take_turns)
{
    folder.write("f", "");
    std::vector<std::thread> writers;
    for (char c = 'a'; c < 'a' + 8; ++c)
        writers.emplace_back([this, c] {
            for (int i = 0; i < 5; ++i)
            {
                folder_lock const lock{file};
                replace_file(file, text() + c);
            }
        });
    for (auto& writer : writers)
        writer.join();
    BOOST_TEST(text().size() == 40U);
}

BOOST_AUTO_TEST_CASE(a_file_is_created_once)
{
    create_file(file, "key");
    BOOST_TEST(text() == "key");
    BOOST_TEST(mode() == 0640U);
    BOOST_CHECK_THROW(create_file(file, "other"), std::system_error);
    BOOST_TEST(text() == "key");
}

BOOST_AUTO_TEST_SUITE_END()
