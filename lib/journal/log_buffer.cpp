#include "journal/log_buffer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tokend {

log_buffer::log_buffer(std::size_t bytes) : capacity_{bytes}, units_{new std::byte[bytes]}, taken_{new std::byte[bytes]}
{}

bool log_buffer::append(std::span<journal_entry const> entries, entry_purpose purpose) noexcept
{
    assert(!entries.empty());
    std::size_t units = 0;
    for (auto const& e : entries)
        units += journal_unit::count_of(e);
    auto const copies = purpose == entry_purpose::end ? entries.size() : 0;
    auto const kept_back = purpose == entry_purpose::end ? 0 : for_ends;
    bool wake = false;
    {
        std::lock_guard const lock{mutex_};
        auto const pending = size_ / journal_unit::size + owed_;
        if (size_ + units * journal_unit::size + kept_back > capacity_ ||
            pending + units + copies + kept_back / journal_unit::size > room_)
            return false;
        for (auto const& e : entries)
        {
            journal_unit::write(units_.get() + size_, e);
            size_ += journal_unit::count_of(e) * journal_unit::size;
            newest_ = std::max(newest_, e.issued);
        }
        assert(size_ <= capacity_);
        owed_ += copies;
        appended_ += units;
        wake = writer_.must_wake();
    }
    if (wake)
        writer_.wake();
    return true;
}

std::uint64_t log_buffer::appended() const noexcept
{
    std::lock_guard const lock{mutex_};
    return appended_;
}

std::uint32_t log_buffer::newest(std::uint32_t at_least) noexcept
{
    std::lock_guard const lock{mutex_};
    return newest_ = std::max(newest_, at_least);
}

bool log_buffer::wait(std::stop_token stop)
{
    std::unique_lock lock{mutex_};
    return writer_.wait(lock, stop, [this] { return size_ != 0; });
}

std::span<std::byte> log_buffer::take() noexcept
{
    std::lock_guard const lock{mutex_};
    std::swap(units_, taken_);
    auto const pending = size_ / journal_unit::size + owed_;
    room_ -= std::min(room_, pending);
    owed_ = 0;
    return {taken_.get(), std::exchange(size_, 0)};
}

void log_buffer::set_room(std::uint64_t units) noexcept
{
    std::lock_guard const lock{mutex_};
    room_ = units;
}

}  // namespace tokend
