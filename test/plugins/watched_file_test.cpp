#include "common/watched_file.hpp"

#include "common/file_error.hpp"
#include "common/watcher.hpp"
#include "plugins/expect.hpp"
#include "support/temporary_folder.hpp"

#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <thread>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

// Content: the text itself; "bad" is a mistake.
std::string parse(std::string_view text, std::string const& path)
{
    if (text == "bad")
        throw file_error{path + ":1: bad, good was meant"};
    return std::string{text};
}

struct fixture
{
    std::string put(std::string_view text) const { return folder.write("f", text).string(); }

    temporary_folder folder;
    std::string const path = put("one");
    watched_file<std::string> file{path, parse};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watched_file_, fixture)

BOOST_AUTO_TEST_CASE(a_file_that_did_not_change_is_not_read_again)
{
    auto const before = file.current();
    BOOST_TEST(*before == "one");
    BOOST_TEST(!file.refresh());
    BOOST_TEST(file.current() == before);
}

BOOST_AUTO_TEST_CASE(a_changed_file_is_taken_and_who_holds_the_old_keeps_it)
{
    auto const before = file.current();
    put("two");
    BOOST_TEST(*file.current() == "one");
    BOOST_TEST(file.refresh());
    BOOST_TEST(*file.current() == "two");
    BOOST_TEST(*before == "one");
    BOOST_TEST(!file.refresh());
}

BOOST_AUTO_TEST_CASE(a_wrong_file_changes_nothing_and_is_reported_once)
{
    put("bad");
    expect_error<file_error>([&] { file.refresh(); }, path + ":1: bad, good was meant");
    BOOST_TEST(!file.refresh());
    BOOST_TEST(*file.current() == "one");
    put("three");
    BOOST_TEST(file.refresh());
    BOOST_TEST(*file.current() == "three");
}

BOOST_AUTO_TEST_CASE(a_missing_file_changes_nothing_and_is_reported_once)
{
    std::filesystem::rename(path, path + ".away");
    expect_error<file_error>([&] { file.refresh(); }, path + ": No such file or directory");
    BOOST_TEST(!file.refresh());
    BOOST_TEST(*file.current() == "one");
    std::filesystem::rename(path + ".away", path);
    BOOST_TEST(file.refresh());
}

BOOST_AUTO_TEST_CASE(a_reload_reads_in_any_case)
{
    auto const before = file.current();
    file.reload();
    BOOST_TEST(file.current() != before);
    put("bad");
    BOOST_CHECK_THROW(file.reload(), file_error);
    BOOST_CHECK_THROW(file.reload(), file_error);
    BOOST_TEST(*file.current() == "one");
}

BOOST_AUTO_TEST_CASE(there_is_no_watched_file_without_a_good_file)
{
    auto const watch = [](std::string const& p) { return [p] { watched_file<std::string> const made{p, parse}; }; };
    expect_error<file_error>(watch(path + "x"), path + "x: No such file or directory");
    expect_error<file_error>(watch(folder.path().string()), folder.path().string() + ": not a regular file");
    BOOST_REQUIRE(::mkfifo((path + ".fifo").c_str(), 0600) == 0);
    expect_error<file_error>(watch(path + ".fifo"), path + ".fifo: not a regular file");
    expect_error<file_error>(watch(put("bad")), path + ":1: bad, good was meant");
    std::filesystem::resize_file(path, max_file_bytes + 1);
    expect_error<file_error>(watch(path), path + ": over 64 MiB");
}

BOOST_AUTO_TEST_CASE(readers_see_whole_contents_while_it_changes)
{
    std::atomic<bool> done{false};
    put(std::string(10'000, '_'));
    file.refresh();
    std::atomic<std::size_t> torn{0};
    std::thread reader{[&] {
        while (!done)
            if (auto const text = file.current(); text->find_first_not_of(text->front()) != text->npos)
                ++torn;
    }};
    for (char c = 'a'; c <= 'z'; ++c)
    {
        put(std::string(10'000, c));
        file.refresh();
    }
    done = true;
    reader.join();
    BOOST_TEST(*file.current() == std::string(10'000, 'z'));
    BOOST_TEST(torn == 0U);
}

BOOST_AUTO_TEST_CASE(a_watcher_looks_until_it_is_destroyed)
{
    std::mutex mutex;
    std::condition_variable looked;
    int looks = 0;
    {
        watcher const w{std::chrono::milliseconds{1}, [&] {
                            std::lock_guard const guard{mutex};
                            ++looks;
                            looked.notify_one();
                        }};
        std::unique_lock lock{mutex};
        looked.wait(lock, [&] { return looks >= 3; });
    }
    BOOST_TEST(looks >= 3);  // no lock: nobody else is left
}

BOOST_AUTO_TEST_CASE(a_watcher_with_a_long_interval_ends_at_once)
{
    watcher const w{std::chrono::hours{24}, [] { BOOST_ERROR("looked too early"); }};
}

BOOST_AUTO_TEST_SUITE_END()
