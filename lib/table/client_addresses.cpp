#include "table/client_addresses.hpp"

#include <algorithm>
#include <cassert>

namespace tokend {

client_addresses::client_addresses(std::size_t slots, std::size_t room)
    : cells_{room},
      number_memory_{std::max<std::size_t>(slots, 1) * sizeof(std::uint32_t)},
      numbers_{number_memory_.as<std::atomic<std::uint32_t>>()}
{}

std::uint32_t client_addresses::take(std::span<char const> address) noexcept { return take(address, 0); }

std::uint32_t client_addresses::restore(std::span<char const> address, std::uint64_t serial) noexcept
{
    return take(address, serial);
}

// A new address gets this serial, or the next serial if it is 0.
std::uint32_t client_addresses::take(std::span<char const> address, std::uint64_t serial) noexcept
{
    if (address.empty() || address.size() > client_address::max_bytes)
        return 0;
    if (!used_.load(std::memory_order_relaxed))
        used_.store(true, std::memory_order_relaxed);
    auto const name = hash_(address);
    auto& s = stripe_of(name);
    std::lock_guard const lock{s.mutex};
    auto number = s.names.find(name, 0);
    if (number == 0)
    {
        number = cells_.store(address, name);
        if (number == 0)
            return 0;
        if (!s.names.insert(name, 0, number))
        {
            cells_.recycle(number);
            return 0;
        }
        cells_.keeper(number).name = name;
        auto& called = cells_.serial(cells_.label(number));
        called.begin(serial != 0 ? serial : next_serial_.fetch_add(1, std::memory_order_relaxed));
        if (serial != 0)
            called.set_recorded();
    }
    ++cells_.keeper(number).tokens;
    return number;
}

void client_addresses::count(std::uint32_t number, std::uint32_t tokens) noexcept
{
    assert(number != 0);
    auto& k = cells_.keeper(number);
    std::lock_guard const lock{stripe_of(k.name).mutex};
    assert(k.tokens != 0);
    k.tokens += tokens;
}

void client_addresses::release(std::uint32_t number) noexcept
{
    if (number == 0)
        return;
    auto& k = cells_.keeper(number);
    auto& s = stripe_of(k.name);
    std::lock_guard const lock{s.mutex};
    assert(k.tokens != 0);
    if (--k.tokens != 0)
        return;
    s.names.erase(k.name, 0);
    cells_.recycle(number);
}

void client_addresses::clear(std::size_t slot) noexcept
{
    auto const number = numbers_[slot].load(std::memory_order_relaxed);
    if (number == 0)
        return;
    numbers_[slot].store(0, std::memory_order_release);  // B
    release(number);
}

void client_addresses::copy(std::uint32_t number, client_address& out) const noexcept
{
    out.size_ =
        number == 0
            ? 0
            : cells_.copy<client_address::max_bytes>(number, out.bytes_.data()).length<client_address::max_bytes>();
}

std::size_t client_addresses::size() const noexcept
{
    std::size_t sum = 0;
    for (auto& s : stripes_)
    {
        std::lock_guard const lock{s.mutex};
        sum += s.names.size();
    }
    return sum;
}

std::size_t client_addresses::bytes_used() const noexcept
{
    auto sum = sizeof *this + cells_.bytes_used() + (used_.load(std::memory_order_relaxed) ? number_memory_.size() : 0);
    for (auto& s : stripes_)
    {
        std::lock_guard const lock{s.mutex};
        sum += s.names.bytes_used();
    }
    return sum;
}

std::size_t client_addresses::most_bytes(std::size_t slots, std::size_t room) noexcept
{
    return sizeof(client_addresses) + record_cells::most_bytes(room) + slots * sizeof(std::uint32_t) +
           room / 128 * record_names::most_bytes_each + (record_names::least_bytes << stripe_bits);
}

}  // namespace tokend
