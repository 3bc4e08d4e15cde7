#include "audit/audit_file.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

using namespace tokend;
using test::temporary_folder;
namespace fs = std::filesystem;

namespace {

using lines = std::vector<std::string>;

std::string text_of(fs::path const& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

unsigned mode_of(fs::path const& file)
{
    struct stat s
    {};
    return ::stat(file.c_str(), &s) == 0 ? s.st_mode & 07777 : 0;
}

// For as long as it lives no file of this process can grow beyond so many bytes: a disk that is full in the middle of a
// line.
class full_disk
{
public:
    explicit full_disk(rlim_t bytes)
    {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit const now{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    full_disk(full_disk const&) = delete;

private:
    rlimit before_{};
};

std::string refusal_of(fs::path const& file)
{
    try
    {
        audit_file const opened{file};
    }
    catch (std::runtime_error const& e)
    {
        BOOST_TEST(what_is_wrong_with_audit_file(file) != "");
        return e.what();
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_file_)

BOOST_AUTO_TEST_CASE(lines_are_appended_to_a_file_of_this_user_alone)
{
    temporary_folder const folder;
    auto const path = folder / "audit.log";
    for (auto const* const line : {"one\n", "two\n"})
    {
        audit_file file{path};
        auto const done = file.write(lines{line, "three\n"});
        BOOST_TEST(done.lines == 2U);
        BOOST_TEST(done.trouble == "");
    }
    BOOST_TEST(text_of(path) == "one\nthree\ntwo\nthree\n");
    BOOST_TEST(mode_of(path) == 0600U);
    BOOST_TEST(what_is_wrong_with_audit_file(path) == "");
}

BOOST_AUTO_TEST_CASE(its_group_may_read_it)
{
    temporary_folder const folder;
    auto const path = folder.write("audit.log", "before\n");
    ::chmod(path.c_str(), 0640);
    audit_file file{path};
    file.write(lines{"one\n"});
    BOOST_TEST(text_of(path) == "before\none\n");
    BOOST_TEST(mode_of(path) == 0640U);
}

BOOST_AUTO_TEST_CASE(a_line_for_which_there_is_no_room_is_taken_back)
{
    temporary_folder const folder;
    auto const path = folder / "audit.log";
    audit_file file{path};
    for (rlim_t room = 0; room < 12; ++room)
    {
        auto const before = text_of(path).size();
        {
            full_disk const full{before + room};
            auto const done = file.write(lines{"abcd\n", "efgh\n", "ij\n"});
            BOOST_TEST(done.lines == room / 5);
            BOOST_TEST(done.trouble == "audit file " + path.string() + ": File too large");
        }
        std::string const whole = room < 5 ? "" : room < 10 ? "abcd\n" : "abcd\nefgh\n";
        BOOST_TEST(text_of(path).substr(before) == whole);
    }
    BOOST_TEST(file.write(lines{"klm\n"}).lines == 1U);
    BOOST_TEST(text_of(path).ends_with("\nklm\n"));
}

BOOST_AUTO_TEST_CASE(a_line_that_a_crash_has_cut_is_not_joined_by_the_next)
{
    temporary_folder const folder;
    auto const path = folder.write("audit.log", "whole\ncu");
    ::chmod(path.c_str(), 0600);
    {
        audit_file file{path};
        {
            full_disk const full{text_of(path).size()};
            BOOST_TEST(file.write(lines{"one\n"}).lines == 0U);
        }
        BOOST_TEST(text_of(path) == "whole\ncu");
        {
            full_disk const full{text_of(path).size() + 3};
            BOOST_TEST(file.write(lines{"one\n"}).lines == 0U);
        }
        BOOST_TEST(text_of(path) == "whole\ncu\n");
        file.write(lines{"one\n"});
        file.write(lines{"two\n"});
    }
    BOOST_TEST(text_of(path) == "whole\ncu\none\ntwo\n");
}

BOOST_AUTO_TEST_CASE(opened_again_it_is_the_file_that_has_the_name_now)
{
    temporary_folder const folder;
    auto const path = folder / "audit.log";
    audit_file file{path};
    file.write(lines{"one\n"});
    fs::rename(path, folder / "audit.log.1");
    file.write(lines{"two\n"});
    file.reopen();
    file.write(lines{"three\n"});
    BOOST_TEST(text_of(folder / "audit.log.1") == "one\ntwo\n");
    BOOST_TEST(text_of(path) == "three\n");
}

BOOST_AUTO_TEST_CASE(if_that_cannot_be_used_the_old_file_is_kept)
{
    temporary_folder const folder;
    auto const path = folder / "audit.log";
    audit_file file{path};
    fs::rename(path, folder / "audit.log.1");
    fs::create_directory(path);
    BOOST_CHECK_THROW(file.reopen(), std::exception);
    file.write(lines{"one\n"});
    BOOST_TEST(text_of(folder / "audit.log.1") == "one\n");
}

BOOST_AUTO_TEST_CASE(what_others_could_read_or_change_and_what_is_no_file_is_refused_by_name)
{
    temporary_folder const folder;
    auto const path = folder.write("audit.log", "");
    auto const begin = "audit file " + path.string() + ": ";
    for (auto const mode : {0644U, 0620U, 0602U, 0604U, 0666U})
    {
        ::chmod(path.c_str(), mode);
        BOOST_TEST(refusal_of(path) == begin + "others could read it or change it; its mode may be 0600 or 0640");
    }
    ::chmod(path.c_str(), 0600);
    BOOST_TEST(refusal_of(path) == "");
    fs::create_symlink(path, folder / "link");
    BOOST_TEST(refusal_of(folder / "link").find("link: cannot open it: Too many levels") != std::string::npos);
    BOOST_REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    BOOST_TEST(refusal_of(folder / "fifo").find("fifo: it is not a regular file") != std::string::npos);
    fs::create_directory(folder / "folder");
    BOOST_TEST(refusal_of(folder / "folder").find("folder: cannot open it: Is a directory") != std::string::npos);
    BOOST_TEST(refusal_of(folder / "none" / "audit.log").find("cannot open it: No such file") != std::string::npos);
}

// Root alone can give a file away.
BOOST_AUTO_TEST_CASE(a_file_of_another_user_is_refused)
{
    temporary_folder const folder;
    auto const path = folder.write("audit.log", "");
    ::chmod(path.c_str(), 0600);
    if (::chown(path.c_str(), 65534, 65534) != 0)
        return;
    BOOST_CHECK_EXCEPTION(audit_file{path}, std::runtime_error, [&](auto const& e) {
        return e.what() == "audit file " + path.string() + ": it belongs to another user";
    });
}

BOOST_AUTO_TEST_SUITE_END()
