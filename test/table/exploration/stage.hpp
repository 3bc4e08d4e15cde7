#pragma once

#include "table/exploration/places.hpp"
#include "table/exploration/program.hpp"

#include <span>
#include <string_view>

namespace tokend::exploration {

// The table of a program, and its operations as the daemon's table composes them from the parts in slot_table.hpp and
// slot.hpp. All that it holds is in the memory of the machine that runs: call it there.
class stage
{
public:
    explicit stage(scene const& where) noexcept;

    void const* begin() const noexcept { return &places_; }
    std::size_t size() const noexcept { return table_.size(); }

    void set_up(memory& shared) noexcept;

    // `out` is complete when it returns. `soonest` is what the thread's sweeps have seen.
    void perform(operation const& o, std::uint32_t soonest, outcome& out) noexcept;

    // What is wrong when all threads are at rest; empty: nothing.
    std::string_view fault() noexcept;

private:
    void insert(operation const& o, outcome& out) noexcept;
    void find(operation const& o, outcome& out) noexcept;
    void erase(operation const& o, outcome& out) noexcept;
    void sweep(operation const& o, outcome& out) noexcept;
    void look(operation const& o, outcome& out) noexcept;
    void replace() noexcept;
    std::uint32_t reset_mark() noexcept;
    void end(slots::slot& taken, outcome& out) noexcept;
    void finish(slots::slot& taken, unsigned content) noexcept;

    std::uint32_t make_record(unsigned number) noexcept;
    std::uint32_t content_of(std::uint32_t record) const noexcept;

    scene const where_;
    places places_;
    slots table_;
};

}  // namespace tokend::exploration
