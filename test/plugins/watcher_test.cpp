#include "tokend/watcher.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <new>

using namespace tokend::plugin;
using namespace tokend::test;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

// The target of a watcher's calls. Counts the looks.
class looks
{
public:
    watcher_calls calls(next_look next = next_look::on_change)
    {
        return {[this, next] {
                    std::lock_guard const guard{mutex_};
                    ++count_;
                    changed_.notify_all();
                    return next;
                },
                [this](std::string const& reason) {
                    std::lock_guard const guard{mutex_};
                    blind_ = reason;
                }};
    }

    std::size_t count() const
    {
        std::lock_guard const guard{mutex_};
        return count_;
    }
    // Expects a look within a minute after `changing` something.
    template <class Changing>
    void expect_one_after(Changing changing)
    {
        auto const before = count();
        changing();
        wait_for(before + 1);
    }
    void wait_for(std::size_t count)
    {
        std::unique_lock lock{mutex_};
        BOOST_REQUIRE(changed_.wait_for(lock, 1min, [&] { return count_ >= count; }));
    }
    std::string blind() const
    {
        std::lock_guard const guard{mutex_};
        return blind_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t count_ = 0;
    std::string blind_;
};

struct fixture
{
    temporary_folder const folder;
    std::string const path = folder.write("f", "one").string();
    looks seen;

    // A path to the file through a link to a folder, as Kubernetes mounts secrets.
    std::string linked() const
    {
        fs::create_directory(folder / "a");
        fs::create_directory(folder / "b");
        folder.write("a/f", "one");
        folder.write("b/f", "two");
        fs::create_directory_symlink("a", folder / "current");
        return (folder / "current" / "f").string();
    }
};

constexpr auto never = 24h;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watcher_, fixture)

BOOST_AUTO_TEST_CASE(a_look_that_finds_no_memory_is_taken_again_in_a_second)
{
    auto calls = seen.calls();
    calls.look = [look = calls.look]() -> next_look {
        look();
        throw std::bad_alloc{};
    };
    watcher const watching{folder.write("file", "a"), 1h, calls};
    seen.wait_for(2);
}

BOOST_AUTO_TEST_CASE(every_way_to_change_a_file_makes_it_look)
{
    watcher const w{path, never, seen.calls()};
    seen.wait_for(1);
    seen.expect_one_after([&] { folder.write("f", "renamed into place"); });
    seen.expect_one_after([&] {
        descriptor const out{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
        BOOST_REQUIRE(::write(out.get(), "x", 1) == 1);
    });
    descriptor const open{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)};
    seen.expect_one_after([&] { BOOST_REQUIRE(::write(open.get(), "x", 1) == 1); });
    seen.expect_one_after([&] { fs::resize_file(path, 0); });
    seen.expect_one_after([&] { ::chmod(path.c_str(), 0640); });
    seen.expect_one_after([&] { fs::remove(path); });
    seen.expect_one_after([&] { folder.write("f", "back"); });
    BOOST_TEST(seen.blind() == "");
}

BOOST_AUTO_TEST_CASE(a_folder_or_link_on_the_way_that_changes_makes_it_look)
{
    auto const through_link = linked();
    watcher const w{through_link, never, seen.calls()};
    seen.wait_for(1);
    seen.expect_one_after([&] {
        fs::create_directory_symlink("b", folder / "next");
        fs::rename(folder / "next", folder / "current");
    });
    seen.expect_one_after([&] { folder.write("b/f", "three"); });
    seen.expect_one_after([&] { fs::rename(folder / "b", folder / "c"); });
    seen.expect_one_after([&] { fs::rename(folder / "c", folder / "b"); });
    seen.expect_one_after([&] { folder.write("b/f", "four"); });
}

BOOST_AUTO_TEST_CASE(it_sleeps_while_nothing_changes_and_no_try_is_wanted)
{
    // A change of the content of another file in the folder does not wake it; each of these would be a look.
    auto const neighbour = folder.write("tokens", "").string();
    descriptor const out{::open(neighbour.c_str(), O_WRONLY | O_CLOEXEC)};
    looks busy;
    {
        watcher const w{path, never, seen.calls()};
        watcher const other{neighbour, never, busy.calls()};
        seen.wait_for(1);
        busy.wait_for(1);
        for (int i = 0; i < 3; ++i)
            busy.expect_one_after([&] { BOOST_REQUIRE(::write(out.get(), "x", 1) == 1); });
    }
    BOOST_TEST(seen.count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_failed_look_is_followed_by_another_although_nothing_changes)
{
    watcher const w{path, never, seen.calls(next_look::in_a_second)};
    seen.wait_for(3);
}

BOOST_AUTO_TEST_CASE(without_inotify_it_says_so_and_looks_every_interval)
{
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    looks& s = seen;
    {
        // Leaves one descriptor above all open ones, for the event that ends the watcher.
        descriptor const probe{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
        rlimit const one_more{static_cast<rlim_t>(probe.get()) + 2, before.rlim_max};
        BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &one_more) == 0);
        watcher const w{path, 1ms, s.calls()};
        s.wait_for(3);
        ::setrlimit(RLIMIT_NOFILE, &before);
    }
    BOOST_TEST(s.blind() == "inotify: Too many open files");
}

BOOST_AUTO_TEST_CASE(a_file_system_that_others_can_change_is_looked_at_every_interval)
{
    // Stands for a network file system: the kernel generates the content of /proc and does not report changes of it.
    BOOST_TEST(!is_remote(path));
    watcher const w{"/proc/self/status", 1ms, seen.calls()};
    seen.wait_for(3);
    BOOST_TEST(seen.blind() == "/proc: a file system that can change without notice");
}

BOOST_AUTO_TEST_CASE(a_watcher_ends_at_once) { watcher const w{path, never, seen.calls()}; }

BOOST_AUTO_TEST_SUITE_END()
