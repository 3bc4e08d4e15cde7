#include "table/exploration/weak_memory.hpp"

#include <algorithm>
#include <bit>

namespace tokend::exploration {
namespace {

using view = std::array<std::uint8_t, cells>;

bool acquires(std::memory_order order)
{
    return order == std::memory_order_acquire || order == std::memory_order_acq_rel;
}
bool releases(std::memory_order order)
{
    return order == std::memory_order_release || order == std::memory_order_acq_rel;
}

void join(view& to, view const& from)
{
    std::ranges::transform(to, from, to.begin(), [](auto a, auto b) { return std::max(a, b); });
}

void add(digest& sum, view const& v)
{
    for (auto const eight : std::bit_cast<std::array<std::uint64_t, cells / 8>>(v))
        sum.add(eight);
}

}  // namespace

// The newest first.
template <class Visit>
void weak_memory::for_readable(unsigned thread, atomic_step const& wanted, Visit&& visit) const
{
    auto const newest = newest_[wanted.cell];
    for (auto p = newest;; p = at(p).older)
    {
        // A comparison that holds is a read-modify-write, so it is of the newest.
        if (wanted.what != action::compare || p == newest || value(wanted.cell, p) != wanted.expected)
            visit(p);
        if (time(p) == views_[thread][wanted.cell])
            break;
    }
}

unsigned weak_memory::choices(unsigned thread, atomic_step const& wanted) const noexcept
{
    unsigned count = 0;
    if (wanted.what == action::lock)
        return value(wanted.cell, newest_[wanted.cell]) == 0 ? 1 : 0;
    if (wanted.what != action::load && wanted.what != action::compare)
        return 1;
    for_readable(thread, wanted, [&](place) { ++count; });
    return count;
}

memory::answer weak_memory::perform(unsigned thread, atomic_step const& wanted, unsigned choice) noexcept
{
    auto& seen = views_[thread];
    if (wanted.what == action::store)
        return write(thread, wanted, wanted.value, {});
    auto from = newest_[wanted.cell];
    if (wanted.what == action::load || wanted.what == action::compare)
        for_readable(thread, wanted, [&](place p) { from = choice-- == 0 ? p : from; });
    auto const before = value(wanted.cell, from);
    auto const fails = wanted.what == action::compare && before != wanted.expected;
    auto const carried = from == 0 ? view{} : at(from).carried;
    seen[wanted.cell] = time(from);
    if (acquires(fails ? wanted.failure : wanted.order))
        join(seen, carried);
    if (fails || wanted.what == action::load)
        return {before};
    auto const after = wanted.what == action::add ? before + wanted.value : wanted.value;
    return {before, write(thread, wanted, after, carried).wrong};
}

memory::answer weak_memory::write(unsigned thread, atomic_step const& wanted, std::uint64_t value,
                                  view const& carried) noexcept
{
    auto& newest = newest_[wanted.cell];
    auto& seen = views_[thread];
    if (seen[wanted.cell] != time(newest))
        return {.wrong = "a store might come before another to its cell that was made first"};
    if (count_ == most_messages)
        return {.wrong = "the model has no room for so many stores"};
    auto& m = messages_[count_];
    m = {.value = value, .carried = carried, .older = newest, .time = ++seen[wanted.cell]};
    if (releases(wanted.order))
        join(m.carried, seen);
    newest = ++count_;
    digest d;
    d.add(std::uint64_t{wanted.cell} << 8 | m.time);
    d.add(value);
    add(d, m.carried);
    sum_ += d;
    return {};
}

void weak_memory::begin(unsigned thread) noexcept { join(views_[thread], told_); }
void weak_memory::end(unsigned thread) noexcept { join(told_, views_[thread]); }

void weak_memory::settle() noexcept
{
    for (std::size_t cell = 0; cell < cells; ++cell)
        first_[cell] = value(cell, newest_[cell]);
    newest_ = {};
    count_ = 0;
    views_ = {};
    told_ = {};
}

digest weak_memory::sum() const noexcept
{
    auto sum = sum_;
    for (auto const& v : views_)
        add(sum, v);
    add(sum, told_);
    return sum;
}

}  // namespace tokend::exploration
