#include "fuzz/tokens_file.hpp"

#include "fuzz/expect.hpp"
#include "journal/entry.hpp"
#include "journal/layout.hpp"
#include "tablefile/recovered.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace tokend::test {
namespace {

using layout::page;

// Takes values from the front of an input; zeros once the input is used up.
class source
{
public:
    explicit source(std::span<std::uint8_t const> input) : rest_{input} {}
    bool empty() const noexcept { return rest_.empty(); }

    template <class T>
    T take() noexcept
    {
        T value{};
        std::ranges::copy(std::as_bytes(take_bytes(sizeof value)),
                          std::as_writable_bytes(std::span{&value, 1}).begin());
        return value;
    }
    std::span<std::uint8_t const> take_bytes(std::size_t size) noexcept
    {
        auto const bytes = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(bytes.size());
        return bytes;
    }

private:
    std::span<std::uint8_t const> rest_;
};

enum flag : std::uint8_t
{
    whole_header = 1,  // good checksums
    raw = 2            // of an entry: its bytes are those of the input
};

class file_maker
{
public:
    explicit file_maker(std::span<std::uint8_t const> input) : input_{input}, file_(layout::header_bytes + 4 * page)
    {
        auto const flags = input_.take<std::uint8_t>();
        make_header((flags & whole_header) != 0);
        fill(layout::header_bytes, header_.snapshot_seed(), 2 * page / journal_unit::size);
        if (header_.log_at() < file_.size())
            fill(header_.log_at(), header_.log_seed(), (file_.size() - header_.log_at()) / journal_unit::size);
    }
    std::span<std::byte const> file() const noexcept { return file_; }

private:
    template <class Part>
    void put(std::size_t number, Part& part, bool whole)
    {
        if (whole)
            layout::seal(part);
        std::memcpy(file_.data() + number * page, &part, sizeof part);
    }
    void make_header(bool whole)
    {
        auto const small = input_.take<std::array<std::uint8_t, 4>>();
        header_.what.capacity = 100;
        header_.what.record_units = small[0];
        header_.what.token_units = small[1];
        header_.what.newest = small[2];
        header_.now = {.bytes = file_.size(), .settled = small[3]};
        put(0, header_.what, whole);
        put(1, header_.now, whole);
    }
    // Up to `room` units of entries.
    void fill(std::size_t at, std::uint64_t seed, std::size_t room)
    {
        auto const count = input_.take<std::uint8_t>();
        for (std::size_t unit = 0, i = 0; i < count && unit < room && !input_.empty(); ++i)
        {
            auto* const to = file_.data() + at + unit * journal_unit::size;
            auto const flags = input_.take<std::uint8_t>();
            if ((flags & raw) != 0)
            {
                std::ranges::copy(std::as_bytes(input_.take_bytes(journal_unit::size)), to);
                ++unit;
                continue;
            }
            auto const entry = make_entry();
            auto const units = std::max<std::size_t>(journal_unit::count_of(entry), 1);
            if (entry.kind != entry_kind::skip && unit + units > room)
                break;
            journal_unit::write(to, entry);
            journal_unit::seal(to, seed, unit);
            unit += entry.kind == entry_kind::skip ? 1 : units;
        }
    }
    journal_entry make_entry()
    {
        journal_entry e;
        auto const kind = input_.take<std::uint8_t>();
        e.kind = static_cast<entry_kind>(kind % 8);  // unknown kinds included
        e.a = input_.take<std::uint8_t>();
        e.b = input_.take<std::uint8_t>();
        e.issued = input_.take<std::uint32_t>();
        e.expires = input_.take<std::uint32_t>();
        e.serial = input_.take<std::uint8_t>();
        e.units = input_.take<std::uint8_t>();
        if (e.kind == entry_kind::record)
        {
            auto const bytes = input_.take_bytes(e.units);
            e.bytes = {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
        }
        return e;
    }

    source input_;
    layout::header header_;
    std::vector<std::byte> file_;
};

}  // namespace

void open_tokens_file(std::span<std::uint8_t const> input)
{
    file_maker const made{input};
    testing::recovered found{made.file()};
    expect(!found.opened() || found.is_sound(), "a restored table is sound");
}

}  // namespace tokend::test
