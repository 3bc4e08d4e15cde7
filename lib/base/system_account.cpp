#include "base/system_account.hpp"

#include "base/text.hpp"

#include <grp.h>
#include <pwd.h>

#include <cerrno>
#include <limits>
#include <string>
#include <vector>

namespace tokend {
namespace {

// Calls getpwnam_r(3) or getgrnam_r(3), with as much room as the entry needs. Reads the number first.
template <class Number, class Entry>
std::optional<Number> find(std::string_view name, int (*look_up)(char const*, Entry*, char*, std::size_t, Entry**),
                           Number Entry::*number_of)
{
    constexpr Number unchanged = std::numeric_limits<Number>::max();  // for chown(2)
    if (auto const number = parse_number(name))
        return *number < unchanged ? std::optional{static_cast<Number>(*number)} : std::nullopt;
    Entry found{};
    Entry* result = nullptr;
    std::vector<char> room(1024);
    std::string const text{name};
    int error = 0;
    while ((error = look_up(text.c_str(), &found, room.data(), room.size(), &result)) == ERANGE)
        room.resize(2 * room.size());
    return error == 0 && result != nullptr ? std::optional{found.*number_of} : std::nullopt;
}

}  // namespace

std::optional<uid_t> find_user(std::string_view name) { return find<uid_t>(name, ::getpwnam_r, &passwd::pw_uid); }

std::optional<gid_t> find_group(std::string_view name) { return find<gid_t>(name, ::getgrnam_r, &group::gr_gid); }

}  // namespace tokend
