#include "support/secrets.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <set>
#include <string>

namespace tokend::test {
namespace {

constexpr std::string_view members[] = {R"("password":")", R"("pass_code":")", R"("authentication_code":")",
                                        R"("token":")", "Authorization: Bearer "};
constexpr std::size_t least = 8;  // a shorter value may be in a log by chance
constexpr std::size_t most = 200;

std::mutex mutex;
std::set<std::string, std::less<>> secrets;

bool is_plain(char c) { return c > ' ' && c <= '~' && c != '"' && c != '\\'; }

// A value that the same bytes also hold elsewhere, as the name of a user for example, is not secret.
bool is_secret(std::string_view value, std::string_view bytes)
{
    auto const count = [&] {
        std::size_t n = 0;
        for (auto at = bytes.find(value); at != bytes.npos; at = bytes.find(value, at + value.size()))
            ++n;
        return n;
    };
    std::set const used(value.begin(), value.end());  // a row of zeros is no secret
    return value.size() >= least && value.size() <= most && used.size() > 3 && count() == 1;
}

bool is_written(std::filesystem::path const& descriptor)
{
    using perms = std::filesystem::perms;
    std::error_code failed;
    auto const link = std::filesystem::symlink_status(descriptor, failed);
    return !failed && (link.permissions() & perms::owner_write) != perms::none &&
           std::filesystem::is_regular_file(descriptor, failed);
}

}  // namespace

void note_secrets(std::string_view bytes)
{
    for (auto const member : members)
        for (auto at = bytes.find(member); at != bytes.npos; at = bytes.find(member, at))
        {
            at += member.size();
            auto const rest = bytes.substr(at);
            std::string_view const value{rest.begin(), std::ranges::find_if_not(rest, is_plain)};
            if (!is_secret(value, bytes))
                continue;
            std::lock_guard const lock{mutex};
            secrets.emplace(value);
        }
}

void check_for_secrets(std::string_view text, std::string_view where)
{
    std::lock_guard const lock{mutex};
    for (auto const& secret : secrets)
        if (text.find(secret) != text.npos)
            BOOST_ERROR(where << " holds the secret " << secret);
}

// The links in /proc have the mode in which the files are open.
void check_files_for_secrets(pid_t process)
{
    std::error_code failed;
    for (auto const& open : std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/fd", failed})
    {
        if (!is_written(open.path()))
            continue;
        std::ifstream file{open.path(), std::ios::binary};
        std::string const text{std::istreambuf_iterator<char>{file}, {}};
        check_for_secrets(text, std::filesystem::read_symlink(open.path(), failed).string());
    }
}

}  // namespace tokend::test
