#include "journal/layout.hpp"

#include "journal/checksum.hpp"
#include "journal/entry.hpp"

#include <cstring>
#include <type_traits>

namespace tokend::layout {
namespace {

template <class Part>
std::uint64_t check_of(Part const& part) noexcept
{
    static_assert(std::has_unique_object_representations_v<Part>);
    return checksum(std::as_bytes(std::span{&part, 1}).first(sizeof part - sizeof part.check), 0);
}

template <class Part>
bool read(std::span<std::byte const> pages, std::size_t number, Part& out) noexcept
{
    std::memcpy(&out, pages.data() + number * page, sizeof out);
    return out.check == check_of(out);
}

}  // namespace

std::size_t header::file_bytes() const noexcept
{
    return 4 * page + 2 * (what.geometry.snapshot_bytes + what.geometry.log_bytes);
}

std::size_t header::snapshot_at(std::size_t which) const noexcept
{
    return 4 * page + which * (what.geometry.snapshot_bytes + what.geometry.log_bytes);
}

std::size_t header::log_at(std::size_t which) const noexcept
{
    return snapshot_at(which) + what.geometry.snapshot_bytes;
}

std::size_t header::current() const noexcept
{
    auto const& [first, second] = halves;
    if (first.complete != 0 && second.complete != 0)
        return first.number > second.number ? 0 : 1;
    return first.complete != 0 ? 0 : 1;
}

std::uint64_t header::settled(std::size_t which) const noexcept
{
    auto const number = halves[which].number;
    return number < now.half ? all : number == now.half ? now.settled : 0;
}

void seal(identity& of) noexcept { of.check = check_of(of); }
void seal(half& of) noexcept { of.check = check_of(of); }
void seal(state& of) noexcept { of.check = check_of(of); }

std::string read_header(std::span<std::byte const> pages, std::uint64_t file_bytes, header& out)
{
    identity const ours;
    if (pages.size() < sizeof ours || std::memcmp(pages.data(), ours.magic.data(), ours.magic.size()) != 0)
        return "is not a tokens file";
    std::memcpy(&out.what, pages.data(), sizeof out.what);
    if (out.what.byte_order == __builtin_bswap32(ours.byte_order))
        return "was written by a machine of another byte order";
    if (out.what.version != version)
        return "has layout version " + std::to_string(out.what.version) + "; this tokend reads version " +
               std::to_string(version);
    constexpr std::string_view damaged = "is damaged in its header";
    constexpr std::uint64_t most = std::uint64_t{1} << 46;
    auto const& g = out.what.geometry;
    if (!read(pages, 0, out.what) || g.snapshot_bytes > most || g.log_bytes > most || g.snapshot_bytes % page != 0 ||
        g.log_bytes % page != 0 || g.log_bytes == 0)
        return std::string{damaged};
    if (file_bytes != out.file_bytes())
        return "has " + std::to_string(file_bytes) + " bytes, " + std::to_string(out.file_bytes()) + " were meant";
    bool const whole = read(pages, 1, out.halves[0]) & read(pages, 2, out.halves[1]) & read(pages, 3, out.now);
    auto const& [first, second] = out.halves;
    if (!whole || (first.complete == 0 && second.complete == 0) || first.number == second.number)
        return std::string{damaged};
    auto const units = g.snapshot_bytes / journal_unit::size;
    for (auto const& h : out.halves)
        if (h.record_units > units || h.token_units > units - h.record_units)
            return std::string{damaged};
    return {};
}

}  // namespace tokend::layout
