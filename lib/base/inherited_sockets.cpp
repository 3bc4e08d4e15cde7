#include "base/inherited_sockets.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

namespace tokend {
namespace {

constexpr std::size_t most_sockets = 1024;

std::optional<std::string> take_variable(char const* name)
{
    auto const* const value = ::getenv(name);
    auto taken = value ? std::optional<std::string>{value} : std::nullopt;
    ::unsetenv(name);
    return taken;
}

std::vector<std::string> split_names(std::string_view text)
{
    std::vector<std::string> names;
    for (auto rest = text;;)
    {
        auto const colon = rest.find(':');
        names.emplace_back(rest.substr(0, colon));
        if (colon == rest.npos)
            return names;
        rest.remove_prefix(colon + 1);
    }
}

}  // namespace

inherited_sockets::inherited_sockets(std::vector<named_socket> sockets) noexcept : sockets_{std::move(sockets)} {}

inherited_sockets::inherited_sockets(inherited_sockets&& other) noexcept : sockets_{std::exchange(other.sockets_, {})}
{}

inherited_sockets& inherited_sockets::operator=(inherited_sockets&& other) noexcept
{
    std::swap(sockets_, other.sockets_);
    return *this;
}

inherited_sockets::~inherited_sockets()
{
    for (auto const& s : sockets_)
        ::close(s.descriptor);
}

std::vector<int> inherited_sockets::of(std::string_view name) const
{
    std::vector<int> found;
    for (auto const& s : sockets_)
        if (s.name == name)
            found.push_back(s.descriptor);
    return found;
}

std::vector<std::string> inherited_sockets::names() const
{
    std::vector<std::string> all;
    for (auto const& s : sockets_)
        if (std::find(all.begin(), all.end(), s.name) == all.end())
            all.push_back(s.name);
    return all;
}

void inherited_sockets::close(std::string_view name) noexcept
{
    for (auto const& s : sockets_)
        if (s.name == name)
            ::close(s.descriptor);
    std::erase_if(sockets_, [&](named_socket const& s) { return s.name == name; });
}

void inherited_sockets::add(inherited_sockets more)
{
    sockets_.reserve(sockets_.size() + more.sockets_.size());
    for (auto& s : std::exchange(more.sockets_, {}))
        sockets_.push_back(std::move(s));
}

inherited_sockets take_inherited_sockets(pid_t self, int first)
{
    auto const pid = take_variable("LISTEN_PID");
    auto const number = take_variable("LISTEN_FDS");
    auto const names = take_variable("LISTEN_FDNAMES");
    if (!pid || !number || *pid != std::to_string(self))
        return {};
    auto const count = parse_number(*number);
    if (!count || *count > most_sockets)
        throw std::runtime_error{"LISTEN_FDS=" + *number + " is not a number of sockets"};
    auto const named = names ? split_names(*names) : std::vector<std::string>(*count, "unknown");
    if (*count != 0 && named.size() != *count)
        throw std::runtime_error{"LISTEN_FDNAMES=" + *names + " does not name " + *number + " sockets"};
    std::vector<inherited_sockets::named_socket> sockets;
    for (std::size_t i = 0; i < *count; ++i)
    {
        int const descriptor = first + static_cast<int>(i);
        if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0)
            throw std::runtime_error{"LISTEN_FDS=" + *number + ", but descriptor " + std::to_string(descriptor) +
                                     " is not open"};
        sockets.push_back({named[i], descriptor});
    }
    return inherited_sockets{std::move(sockets)};
}

}  // namespace tokend
