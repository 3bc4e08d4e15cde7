#include "base/system_group.hpp"

#include "base/text.hpp"

#include <grp.h>

#include <cerrno>
#include <limits>
#include <string>
#include <vector>

namespace tokend {

std::optional<gid_t> find_group(std::string_view name)
{
    constexpr gid_t unchanged = std::numeric_limits<gid_t>::max();  // for chown(2)
    if (auto const number = parse_number(name))
        return *number < unchanged ? std::optional{static_cast<gid_t>(*number)} : std::nullopt;
    group found{};
    group* result = nullptr;
    std::vector<char> room(1024);
    std::string const text{name};
    int error = 0;
    while ((error = ::getgrnam_r(text.c_str(), &found, room.data(), room.size(), &result)) == ERANGE)
        room.resize(2 * room.size());
    return error == 0 && result != nullptr ? std::optional{found.gr_gid} : std::nullopt;
}

}  // namespace tokend
