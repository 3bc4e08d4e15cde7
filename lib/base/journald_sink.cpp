#include "base/journald_sink.hpp"

#include "base/log_line.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace tokend {
namespace {

// One field. A value with a newline has its length in front, in 8 bytes, the lowest first.
void append(std::string& entry, std::string_view name, std::string_view value)
{
    entry += name;
    if (value.find('\n') == value.npos)
    {
        entry.append(1, '=').append(value).append(1, '\n');
        return;
    }
    entry += '\n';
    for (int shift = 0; shift < 64; shift += 8)
        entry += static_cast<char>((std::uint64_t{value.size()} >> shift) & 0xff);
    entry.append(value).append(1, '\n');
}

// A name has upper-case letters, digits and underscores, and at most 64 of them.
std::string field_name(std::string_view name)
{
    constexpr std::size_t longest = 64;
    std::string upper = "TOKEND_";
    for (char const c : name)
        upper += c >= 'a' && c <= 'z'                               ? static_cast<char>(c - 'a' + 'A')
                 : (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c
                                                                    : '_';
    upper.resize(std::min(upper.size(), longest));
    return upper;
}

std::string_view priority_of(std::string_view level) noexcept
{
    return level == "error" ? "3" : level == "warning" ? "4" : level == "debug" ? "7" : "6";
}

// A number as a line has it; serialize() would write 2.14E0.
std::string text_of(boost::json::value const& value)
{
    if (value.is_string())
        return std::string{value.as_string()};
    if (!value.is_double())
        return serialize(value);
    std::array<char, 32> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), value.as_double(), std::chars_format::fixed);
    return {text.data(), end.ptr};
}

// Calls `take(name, text)` for each member of a JSON object but the time, which the journal notes itself.
template <class Take>
void for_each_member(std::string_view json_line, Take take)
{
    auto const line = boost::json::parse(json_line);
    for (auto const& [key, value] : line.as_object())
        if (std::string_view const name{key.data(), key.size()}; name != "ts")
            take(name, text_of(value));
}

bool send_message(int socket, msghdr const& message) noexcept
{
    for (;;)
        if (::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0)
            return true;
        else if (errno != EINTR)
            return false;
}

bool write_all(int file, std::string_view bytes) noexcept
{
    while (!bytes.empty())
    {
        auto const written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Sends the entry as the only descriptor of an empty datagram. The journal accepts a file that nobody can change.
bool send_file(int socket, msghdr message, std::string_view entry) noexcept
{
    int const file = ::memfd_create("tokend-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0)
        return false;
    bool sent = write_all(file, entry) &&
                ::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0;
    if (sent)
    {
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof file)> control{};
        message.msg_iov = nullptr;
        message.msg_iovlen = 0;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        auto* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof file);
        std::memcpy(CMSG_DATA(header), &file, sizeof file);
        sent = send_message(socket, message);
    }
    ::close(file);
    return sent;
}

}  // namespace

bool standard_error_is_journal() noexcept
{
    auto const* const stream = ::getenv("JOURNAL_STREAM");
    struct stat s
    {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &s) != 0)
        return false;
    return std::to_string(s.st_dev) + ':' + std::to_string(s.st_ino) == stream;
}

std::string journald_fields(std::string_view json_line)
{
    std::string fields;
    std::string event;
    std::string rest;  // of the message
    std::string_view priority;
    for_each_member(json_line, [&](std::string_view name, std::string const& text) {
        if (name == "level")
            priority = priority_of(text);
        else if (name == "msg")
            event = text;
        else if (!text.empty())
        {
            rest += format_fields(log_format::text, {{name, text}});
            append(fields, field_name(name), text);
        }
    });
    std::string entry;
    append(entry, "MESSAGE", event + rest);
    append(entry, "PRIORITY", priority);
    append(entry, "SYSLOG_IDENTIFIER", "tokend");
    append(entry, "TOKEND_EVENT", event);
    return entry + fields;
}

std::string journald_audit_fields(std::string_view json_line)
{
    constexpr std::string_view authpriv = "10";  // LOG_AUTHPRIV of syslog(3)
    if (json_line.ends_with('\n'))
        json_line.remove_suffix(1);
    std::string entry;
    append(entry, "MESSAGE", json_line);
    append(entry, "PRIORITY", priority_of("info"));
    append(entry, "SYSLOG_IDENTIFIER", "tokend-audit");
    append(entry, "SYSLOG_FACILITY", authpriv);
    for_each_member(json_line, [&](std::string_view name, std::string const& text) {
        if (!text.empty())
            append(entry, field_name(name), text);
    });
    return entry;
}

journald_sink::journald_sink(std::string_view path) noexcept : to_{path} {}

bool journald_sink::send(std::string_view entry) const noexcept
{
    if (!to_.is_usable())
        return false;
    iovec bytes{const_cast<char*>(entry.data()), entry.size()};
    auto message = to_.message();
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (send_message(to_.native_handle(), message))
        return true;
    return (errno == EMSGSIZE || errno == ENOBUFS) && send_file(to_.native_handle(), message, entry);
}

}  // namespace tokend
