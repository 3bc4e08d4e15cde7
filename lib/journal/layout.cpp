#include "journal/layout.hpp"

#include "journal/checksum.hpp"
#include "journal/entry.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>

namespace tokend::layout {
namespace {

constexpr std::uint64_t most_units = std::uint64_t{1} << 40;

template <class Part>
void seal_part(Part& part) noexcept
{
    static_assert(std::has_unique_object_representations_v<Part>);
    part.check = check_of(std::as_bytes(std::span{&part, 1}));
}

template <class Part>
bool read(std::span<std::byte const> pages, std::size_t number, Part& out) noexcept
{
    if (pages.size() < number * page + sizeof out)
        return false;
    std::memcpy(&out, pages.data() + number * page, sizeof out);
    return out.check == check_of(std::as_bytes(std::span{&out, 1}));
}

}  // namespace

std::uint64_t header::log_at() const noexcept
{
    return header_bytes + whole_pages((what.record_units + what.token_units) * journal_unit::size);
}

std::uint64_t check_of(std::span<std::byte const> part) noexcept
{
    return checksum(part.first(part.size() - sizeof(std::uint64_t)), 0);
}

header new_header(std::uint64_t capacity)
{
    header made;
    std::array<std::uint64_t, 3> random{};
    if (::getrandom(random.data(), sizeof random, 0) != static_cast<ssize_t>(sizeof random))
        throw std::system_error(errno, std::generic_category(), "getrandom");
    made.what.file_id = {random[0], random[1]};
    made.what.salt = random[2];
    made.what.capacity = capacity;
    return made;
}

void seal(identity& of) noexcept { seal_part(of); }
void seal(state& of) noexcept { seal_part(of); }

std::uint32_t version_of(std::span<std::byte const> pages, bool& reversed) noexcept
{
    struct
    {
        std::array<char, 8> magic;
        std::uint32_t version;
        std::uint32_t byte_order;
    } begin;
    if (pages.size() < sizeof begin)
        return 0;
    std::memcpy(&begin, pages.data(), sizeof begin);
    if (begin.magic != magic)
        return 0;
    reversed = begin.byte_order == __builtin_bswap32(byte_order);
    return reversed ? __builtin_bswap32(begin.version) : begin.version;
}

std::string read_header(std::span<std::byte const> pages, std::uint64_t file_bytes, header& out)
{
    bool reversed = false;
    auto const found = version_of(pages, reversed);
    if (found == 0)
        return "is not a tokens file";
    if (reversed)
        return "was written by a machine of another byte order";
    if (found != version)
        return "has layout version " + std::to_string(found) + "; this tokend reads version " +
               std::to_string(version) + " and takes over version 2";
    bool const whole = read(pages, 0, out.what) && read(pages, 1, out.now);
    auto const shortest = header_bytes;
    if (!whole && file_bytes < shortest)
        return "has " + std::to_string(file_bytes) + " bytes; its header alone has " + std::to_string(shortest);
    if (!whole || out.what.record_units > most_units || out.what.token_units > most_units ||
        out.now.bytes < out.log_at())
        return "is damaged in its header";
    if (file_bytes < out.now.bytes)
        return "has " + std::to_string(file_bytes) + " bytes, and had " + std::to_string(out.now.bytes) +
               ": it was cut, and what it lost may be releases";
    return {};
}

}  // namespace tokend::layout
