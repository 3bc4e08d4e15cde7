#include "common/watched_file.hpp"

#include "common/file_error.hpp"
#include "plugins/expect.hpp"
#include "support/temporary_folder.hpp"
#include "tokend/descriptor.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

// The content is the text itself: one record unless it is empty. The text "bad" is a mistake.
struct content
{
    std::string text;

    std::size_t size() const noexcept { return text.empty() || text == "# empty" ? 0 : 1; }
    bool is_meant_empty() const noexcept { return text == "# empty"; }
};

content parse(std::string_view text, std::string const& path)
{
    if (text == "bad")
        throw file_error{path + ":1: bad, good was meant"};
    return {std::string{text}};
}

// Lets this process open no more descriptors until destroyed.
class no_descriptors
{
public:
    no_descriptors()
    {
        BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        rlimit const none{0, before_.rlim_max};
        BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    }
    ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

struct fixture
{
    std::string put(std::string_view text) const { return folder.write("f", text).string(); }

    temporary_folder folder;
    std::string const path = put("one");
    watched_file<content> file{path, file_modes::strict, parse};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watched_file_, fixture)

BOOST_AUTO_TEST_CASE(a_file_that_did_not_change_is_not_read_again)
{
    auto const before = file.current();
    BOOST_TEST(before->text == "one");
    BOOST_TEST(!file.refresh());
    BOOST_TEST(file.current() == before);
}

BOOST_AUTO_TEST_CASE(a_changed_file_is_taken_and_who_holds_the_old_keeps_it)
{
    auto const before = file.current();
    put("two");
    BOOST_TEST(file.current()->text == "one");
    BOOST_TEST(file.refresh());
    BOOST_TEST(file.current()->text == "two");
    BOOST_TEST(before->text == "one");
    BOOST_TEST(!file.refresh());
}

BOOST_AUTO_TEST_CASE(a_wrong_file_changes_nothing_and_is_reported_once)
{
    put("bad");
    expect_error<file_error>([&] { file.refresh(); }, path + ":1: bad, good was meant");
    BOOST_TEST(!file.refresh());
    BOOST_TEST(file.current()->text == "one");
    put("three");
    BOOST_TEST(file.refresh());
    BOOST_TEST(file.current()->text == "three");
}

BOOST_AUTO_TEST_CASE(a_missing_file_changes_nothing_and_is_tried_again)
{
    std::filesystem::rename(path, path + ".away");
    for (int i = 0; i < 2; ++i)  // the second call tries again
        expect_error<file_error>([&] { file.refresh(); }, path + ": No such file or directory");
    BOOST_TEST(file.current()->text == "one");
    std::filesystem::rename(path + ".away", path);
    BOOST_TEST(file.refresh());
}

BOOST_AUTO_TEST_CASE(a_reload_reads_in_any_case)
{
    auto const before = file.current();
    file.reload();
    BOOST_TEST(file.current() != before);
    BOOST_TEST(file.reload() == false);  // it was read, but is not new
    put("four");
    BOOST_TEST(file.reload());
    BOOST_TEST(file.current()->text == "four");
    put("bad");
    BOOST_CHECK_THROW(file.reload(), file_error);
    BOOST_CHECK_THROW(file.reload(), file_error);
    BOOST_TEST(file.current()->text == "four");
}

BOOST_AUTO_TEST_CASE(there_is_no_watched_file_without_a_good_file)
{
    auto const watch = [](std::string const& p) {
        return [p] { watched_file<content> const made{p, file_modes::strict, parse}; };
    };
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
            if (auto const now = file.current(); now->text.find_first_not_of(now->text.front()) != now->text.npos)
                ++torn;
    }};
    for (char c = 'a'; c <= 'z'; ++c)
    {
        put(std::string(10'000, c));
        file.refresh();
    }
    done = true;
    reader.join();
    BOOST_TEST(file.current()->text == std::string(10'000, 'z'));
    BOOST_TEST(torn == 0U);
}

BOOST_AUTO_TEST_CASE(a_change_that_met_a_lack_of_descriptors_is_read_later)
{
    put("two");
    {
        no_descriptors const none;
        for (int i = 0; i < 2; ++i)
            expect_error<unreadable_file>([&] { file.refresh(); }, path + ": Too many open files");
    }
    BOOST_TEST(file.wants_another_try());
    BOOST_TEST(file.trouble() == path + ": Too many open files");
    BOOST_TEST(file.refresh());
    BOOST_TEST(file.current()->text == "two");
    BOOST_TEST(!file.wants_another_try());
    BOOST_TEST(file.trouble() == "");
}

BOOST_AUTO_TEST_CASE(a_change_that_met_an_error_of_the_disk_is_read_later)
{
    // Reading its first byte is an I/O error.
    std::filesystem::create_symlink("/proc/self/mem", path + ".link");
    std::filesystem::rename(path + ".link", path);
    expect_error<unreadable_file>([&] { file.refresh(); }, path + ": Input/output error");
    expect_error<unreadable_file>([&] { file.refresh(); }, path + ": Input/output error");
    BOOST_TEST(file.current()->text == "one");
    put("two");
    BOOST_TEST(file.refresh());
    BOOST_TEST(file.current()->text == "two");
}

BOOST_AUTO_TEST_CASE(a_wrong_file_is_in_trouble_until_it_is_good_again)
{
    put("bad");
    BOOST_CHECK_THROW(file.refresh(), file_error);
    BOOST_TEST(file.trouble() == path + ":1: bad, good was meant");
    BOOST_TEST(!file.wants_another_try());
    put("two");
    BOOST_TEST(file.refresh());
    BOOST_TEST(file.trouble() == "");
}

BOOST_AUTO_TEST_CASE(a_file_that_lost_all_its_records_is_refused_unless_it_is_meant)
{
    put("");
    expect_error<file_error>([&] { file.refresh(); },
                             path + ": holds no record, but held 1; if nobody shall get in, say so in "
                                    "a line '# empty'");
    BOOST_CHECK_THROW(file.reload(), file_error);
    BOOST_TEST(file.current()->text == "one");
    put("# empty");
    BOOST_TEST(file.refresh());
    BOOST_TEST(file.current()->size() == 0U);
    put("");
    BOOST_TEST(file.refresh());
}

BOOST_AUTO_TEST_CASE(a_write_within_the_tick_of_the_clock_in_which_it_was_read_is_noticed)
{
    for (int i = 0; i < 50; ++i)
    {
        for (auto const* text : {"aaa", "bbb"})  // the same file, the same size
        {
            descriptor const out{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
            BOOST_REQUIRE(::write(out.get(), text, 3) == 3);
            BOOST_TEST(file.refresh());
            BOOST_TEST(file.current()->text == text);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_others_could_change_is_refused_until_its_mode_is_mended)
{
    auto const expect_trouble = [&](std::string const& text) {
        expect_error<unreadable_file>([&] { file.refresh(); }, text);
        BOOST_TEST(file.current()->text == "one");
    };
    put("two");
    ::chmod(path.c_str(), 0666);
    expect_trouble(path + ": mode 0666, writable by others than its owner; chmod go-w " + path);
    ::chmod(path.c_str(), 0620);
    expect_trouble(path + ": mode 0620, writable by others than its owner; chmod go-w " + path);
    ::chmod(path.c_str(), 0644);
    auto const above = folder.path().string();
    ::chmod(above.c_str(), 0770);
    expect_trouble(above + " (above " + path + "): mode 0770, writable by others than its owner; chmod go-w " + above);
    BOOST_TEST(file.wants_another_try());  // the folder's mode does not change the file's stamp
    ::chmod(above.c_str(), 0700);
    BOOST_TEST(file.refresh());
    BOOST_TEST(file.current()->text == "two");
    ::chmod(path.c_str(), 0666);
    watched_file<content> const lax{path, file_modes::any, parse};
    BOOST_TEST(lax.current()->text == "two");
}

BOOST_AUTO_TEST_SUITE_END()
