#include "journal/version_2.hpp"

#include "journal/checksum.hpp"
#include "journal/file.hpp"
#include "journal/layout.hpp"
#include "journal/new_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tokend::version_2 {
namespace {

using layout::page;
using layout::whole_pages;

// Pages 0 to 3 of the file; then, twice, a snapshot and a log.
struct identity
{
    std::array<char, 8> magic;
    std::uint32_t version;
    std::uint32_t byte_order;
    std::array<std::uint64_t, 2> file_id;
    std::uint64_t salt;
    std::uint64_t capacity;
    std::uint64_t snapshot_bytes;
    std::uint64_t log_bytes;
    std::uint64_t check;
};

struct half
{
    std::uint64_t number;
    std::uint64_t salt;
    std::uint64_t complete;
    std::uint64_t record_units;
    std::uint64_t token_units;
    std::uint64_t check;
};

struct header
{
    identity what;
    std::array<half, 2> halves;

    std::uint64_t snapshot_at(std::size_t which) const noexcept
    {
        return 4 * page + which * (what.snapshot_bytes + what.log_bytes);
    }
    std::uint64_t log_at(std::size_t which) const noexcept { return snapshot_at(which) + what.snapshot_bytes; }
    std::uint64_t seed(std::size_t which) const noexcept { return what.salt ^ halves[which].salt; }

    // The half with the newest complete snapshot. The other half continues its log if it has the next number.
    std::size_t current() const noexcept
    {
        auto const& [first, second] = halves;
        if (first.complete != 0 && second.complete != 0)
            return first.number > second.number ? 0 : 1;
        return first.complete != 0 ? 0 : 1;
    }
    bool other_continues() const noexcept { return halves[1 - current()].number == halves[current()].number + 1; }
};

enum class kind : std::uint8_t
{
    issue = 1,
    touch,
    end,
    record,
    skip
};

struct entry
{
    version_2::kind kind{};
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint32_t issued = 0;
    std::uint32_t expires = 0;
    std::uint64_t serial = 0;
    std::span<char const> bytes{};
    std::uint64_t units = 1;
};

constexpr std::size_t unit_size = 40;
constexpr std::uint64_t longest = 1 + (8192 + unit_size - 1) / unit_size;
using words = std::array<std::uint64_t, 5>;

std::uint64_t seal_of(words const& w, std::uint64_t seed, std::uint64_t position) noexcept
{
    using checksum_parts::fold;
    using checksum_parts::odd;
    auto const first = fold(w[0] ^ odd[0] ^ seed, w[1] ^ odd[1] ^ position);
    auto const second = fold(w[2] ^ odd[2] ^ seed, w[3] ^ odd[3] ^ position);
    return fold(first ^ odd[1], second ^ odd[0] ^ seed);
}

bool read(std::span<std::byte const> from, std::uint64_t seed, std::uint64_t position, entry& out) noexcept
{
    words w;
    if (from.size() < unit_size)
        return false;
    std::memcpy(w.data(), from.data(), unit_size);
    if ((w[3] & 0xff) == 0 || w[4] != seal_of(w, seed, position))
        return false;
    out = {.kind = static_cast<kind>(w[3] & 0xff),
           .a = w[0],
           .b = w[1],
           .issued = static_cast<std::uint32_t>(w[2]),
           .expires = static_cast<std::uint32_t>(w[2] >> 32),
           .serial = w[3] >> 8};
    auto const there = from.size() / unit_size;
    if (out.kind == kind::skip)
        return (out.units = w[0]) > 0;
    if (out.kind != kind::record)
        return out.kind <= kind::end;
    if (w[0] > (there - 1) * unit_size)
        return false;
    out.bytes = {reinterpret_cast<char const*>(from.data() + unit_size), w[0]};
    out.units = 1 + (w[0] + unit_size - 1) / unit_size;
    return w[1] == checksum(std::as_bytes(out.bytes), seed);
}

// Calls `use` for every entry among `units` units. Returns how many units were readable.
template <class Use>
std::uint64_t for_each(journal_file const& file, std::uint64_t at, std::uint64_t first, std::uint64_t count,
                       std::uint64_t seed, Use const& use)
{
    constexpr std::uint64_t some = 8192;
    std::vector<std::byte> room;
    std::uint64_t begin = first;
    std::uint64_t end = first;  // units in `room`
    std::uint64_t found = 0;
    entry e;
    for (auto position = first; position < first + count;)
    {
        if (position + std::min(longest, first + count - position) > end)
        {
            begin = position;
            end = position + std::min(some, first + count - position);
            room.resize((end - begin) * unit_size);
            file.read(at + begin * unit_size, room);
        }
        if (!read(std::span{room}.subspan((position - begin) * unit_size), seed, position, e))
        {
            ++position;
            continue;
        }
        position += e.units;
        found += e.units;
        use(e);
    }
    return found;
}

template <class Part>
bool read_page(std::span<std::byte const> pages, std::size_t number, Part& out) noexcept
{
    std::memcpy(&out, pages.data() + number * page, sizeof out);
    return out.check == layout::check_of(std::as_bytes(std::span{&out, 1}));
}

header read_header(journal_file const& file)
{
    auto const size = file.size();
    std::vector<std::byte> pages(4 * page);
    file.read(0, pages);
    header found{};
    constexpr std::uint64_t most = std::uint64_t{1} << 46;
    bool whole = read_page(pages, 0, found.what) && read_page(pages, 1, found.halves[0]) &&
                 read_page(pages, 2, found.halves[1]) && found.what.snapshot_bytes <= most &&
                 found.what.log_bytes <= most && (found.halves[0].complete != 0 || found.halves[1].complete != 0);
    auto const units = found.what.snapshot_bytes / unit_size;
    for (auto const& h : found.halves)
        whole = whole && h.record_units <= units && h.token_units <= units - h.record_units;
    if (!whole)
        throw refusal_of(file, "is damaged in its header");
    if (auto const meant = found.log_at(1) + found.what.log_bytes; size != meant)
        throw refusal_of(file, "has " + std::to_string(size) + " bytes, " + std::to_string(meant) + " were meant");
    return found;
}

class upgrade
{
public:
    upgrade(journal_file const& from, journal_file const& to, upgrade_record const& record)
        : from_{from},
          old_{read_header(from)},
          record_{record},
          header_{layout::new_header(old_.what.capacity)},
          out_{to}
    {
        auto const current = old_.current();
        auto const& half = old_.halves[current];
        auto const at = old_.snapshot_at(current);
        auto const seed = old_.seed(current);
        out_.begin(layout::header_bytes, header_.snapshot_seed());
        // All records first, because in a log an issue may precede the record that it names.
        auto const take = [this](entry const& e) { take_record(e); };
        found_.damaged += half.record_units - for_each(from_, at, 0, half.record_units, seed, take);
        for_each_logged(take);
        header_.what.record_units = out_.units();
        found_.damaged += half.token_units - for_each(from_, at, half.record_units, half.token_units, seed,
                                                      [this](entry const& e) { take_token(e); });
        header_.what.token_units = out_.units() - header_.what.record_units;
        out_.begin(header_.log_at(), header_.log_seed());
        for_each_logged([this](entry const& e) { take_token(e); });
        out_.flush();
        header_.what.newest = newest_;
        complete(to, header_, out_.units());
    }
    taken_over found() const noexcept { return found_; }

private:
    template <class Use>
    void for_each_logged(Use const& use)
    {
        auto const current = old_.current();
        auto const units = old_.what.log_bytes / unit_size;
        for_each(from_, old_.log_at(current), 0, units, ~old_.seed(current), use);
        if (old_.other_continues())
            for_each(from_, old_.log_at(1 - current), 0, units, ~old_.seed(1 - current), use);
    }

    void take_record(entry const& e)
    {
        if (e.kind != kind::record)
            return;
        auto const now = record_(e.bytes);
        if (!now)
        {
            ++found_.damaged;
            return;
        }
        addresses_[e.serial] = serial_of(now->address);
        out_.put({.kind = entry_kind::record, .serial = e.serial, .bytes = now->bytes});
    }
    void take_token(entry const& e)
    {
        switch (e.kind)
        {
        case kind::issue: {
            auto const address = addresses_.find(e.serial);
            newest_ = std::max<std::uint64_t>(newest_, e.issued);
            ++found_.tokens;
            return out_.put({.kind = entry_kind::issue,
                             .a = e.a,
                             .b = e.b,
                             .issued = e.issued,
                             .expires = e.expires,
                             .serial = e.serial,
                             .address = address == addresses_.end() ? 0 : address->second});
        }
        case kind::touch:
            return out_.put({.kind = entry_kind::touch, .a = e.a, .b = e.b, .expires = e.expires});
        case kind::end:
            return out_.put({.kind = entry_kind::end, .a = e.a, .b = e.b});
        default:
            return;
        }
    }
    std::uint64_t serial_of(std::string const& address)
    {
        if (address.empty())
            return 0;
        auto const [known, fresh] = serials_.try_emplace(address, next_address_);
        if (fresh)
            out_.put({.kind = entry_kind::address, .serial = next_address_++, .bytes = address});
        return known->second;
    }

    journal_file const& from_;
    header const old_;
    upgrade_record const& record_;
    layout::header header_;
    entry_writer out_;
    taken_over found_;
    std::uint64_t newest_ = 0;
    std::uint64_t next_address_ = 1;
    std::unordered_map<std::string, std::uint64_t> serials_;      // of addresses
    std::unordered_map<std::uint64_t, std::uint64_t> addresses_;  // their serials, by those of the old records
};

}  // namespace

bool is_one(journal_file const& file)
{
    std::vector<std::byte> first(page);
    file.read(0, first);
    bool reversed = false;
    return layout::version_of(first, reversed) == 2 && !reversed;
}

std::optional<taken_over> take_over(std::filesystem::path const& path, upgrade_record const& record)
{
    if (!std::filesystem::exists(std::filesystem::symlink_status(path)))
        return std::nullopt;
    auto const old = journal_file::open(path, journal_file::access::write);
    if (!old.is_private() || !is_one(old))
        return std::nullopt;
    if (!old.lock() || !old.is_at_path())
        throw refusal_of(old, "is in use by another process");
    auto made = journal_file::create_beside(path);
    try
    {
        upgrade const done{old, made, record};
        made.rename(path);
        made.synchronize_folder();
        return done.found();
    }
    catch (...)
    {
        if (made.path() != path)
            made.remove();
        throw;
    }
}

}  // namespace tokend::version_2
