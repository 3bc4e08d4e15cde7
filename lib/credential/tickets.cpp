#include "credential/tickets.hpp"

#include "base/insist.hpp"

#include <boost/asio/post.hpp>

#include <cassert>
#include <utility>

namespace tokend {
namespace {

enum class phase : std::uint64_t
{
    free,
    waiting,
    answered,
    abandoned
};

// The state of a slot in one word: the generation in the high 32 bits, as in the ticket, and the phase below.
constexpr std::uint64_t state_of(std::uint32_t generation, phase p) noexcept
{
    return std::uint64_t{generation} << 32 | static_cast<std::uint64_t>(p);
}
constexpr std::uint32_t generation_of(std::uint64_t word) noexcept { return static_cast<std::uint32_t>(word >> 32); }
verdict late_verdict()
{
    verdict late;
    late.reason = "no answer within the deadline";
    return late;
}

constexpr std::uint32_t index_of(tokend_ticket ticket) noexcept { return static_cast<std::uint32_t>(ticket); }

}  // namespace

struct tickets::slot
{
    std::atomic<std::uint64_t> state{state_of(1, phase::free)};
    std::chrono::nanoseconds deadline{};  // valid in the same phases as asked_by
    pending* asked_by = nullptr;          // valid in `waiting`, and in `answered` until its loop has the answer
    verdict answer;                       // written by the thread that moved the slot to `answered`

    bool move(std::uint32_t generation, phase from, phase to) noexcept
    {
        auto expected = state_of(generation, from);
        return state.compare_exchange_strong(expected, state_of(generation, to), std::memory_order_acq_rel);  // A, B
    }
};

tickets::tickets(std::size_t capacity, std::function<void()> on_release)
    : slots_(capacity), on_release_{std::move(on_release)}
{
    free_.reserve(capacity);  // release() never allocates
    for (auto i = static_cast<std::uint32_t>(capacity); i-- > 0;)
        free_.push_back(i);
}

tickets::~tickets() = default;

std::size_t tickets::in_flight() const
{
    std::lock_guard const lock{mutex_};
    return slots_.size() - free_.size();
}

void tickets::release(std::uint32_t index) noexcept
{
    auto& s = slots_[index];
    auto const next = generation_of(s.state.load(std::memory_order_relaxed)) + 1;  // no other thread changes it now
    s.state.store(state_of(next, phase::free), std::memory_order_release);         // C
    {
        std::lock_guard const lock{mutex_};
        free_.push_back(index);
    }
    if (on_release_)
        on_release_();
}

// On the loop of the wait. If the wait has been destroyed since, its slot has another generation.
void tickets::wake(tokend_ticket ticket) noexcept
{
    auto& s = slots_[index_of(ticket)];
    if (s.state.load(std::memory_order_acquire) == state_of(generation_of(ticket), phase::answered))
        s.asked_by->answered_.set();
}

bool tickets::is_waiting(tokend_ticket ticket) const noexcept
{
    auto const index = index_of(ticket);
    return index < slots_.size() &&
           slots_[index].state.load(std::memory_order_acquire) == state_of(generation_of(ticket), phase::waiting);
}

bool tickets::settle(tokend_ticket ticket, verdict&& v, std::chrono::nanoseconds now) noexcept
{
    auto const index = index_of(ticket);
    auto const generation = generation_of(ticket);
    if (index < slots_.size())
    {
        auto& s = slots_[index];
        if (s.move(generation, phase::waiting, phase::answered))
        {
            bool const in_time = now < s.deadline;
            s.answer = in_time ? std::move(v) : late_verdict();
            auto const loop = s.asked_by->answered_.loop();
            auto wake_asker = [this, ticket] { wake(ticket); };
            if (loop.running_in_this_thread())
                wake_asker();
            else
                insist([&] { asio::post(loop, wake_asker); });
            if (!in_time)
                stray_.fetch_add(1, std::memory_order_relaxed);
            return in_time;
        }
        // Only the thread whose exchange succeeds releases the slot: two late answers must not release it twice.
        if (s.move(generation, phase::abandoned, phase::answered))
            release(index);
    }
    stray_.fetch_add(1, std::memory_order_relaxed);
    return false;
}

void tickets::stop() noexcept
{
    for (std::uint32_t i = 0; i < slots_.size(); ++i)
    {
        auto const word = slots_[i].state.load(std::memory_order_acquire);
        if (word == state_of(generation_of(word), phase::waiting))
        {
            verdict stopping;
            stopping.reason = "tokend is stopping";
            settle(std::uint64_t{generation_of(word)} << 32 | i, std::move(stopping), std::chrono::nanoseconds::min());
        }
    }
}

tickets::pending::pending(tickets& from, executor loop, std::chrono::nanoseconds deadline)
    : from_{from}, answered_{loop}
{
    {
        std::lock_guard const lock{from.mutex_};
        if (from.free_.empty())
            return;
        slot_ = from.free_.back();
        from.free_.pop_back();
    }
    auto& s = from.slots_[slot_];
    auto const generation = generation_of(s.state.load(std::memory_order_acquire));  // C
    ticket_ = std::uint64_t{generation} << 32 | slot_;
    s.deadline = deadline;
    s.asked_by = this;
    s.state.store(state_of(generation, phase::waiting), std::memory_order_release);  // A
}

tickets::pending::~pending()
{
    if (slot_ == no_slot)
        return;
    // A slot that is `answered` here goes with its loop, which has stopped: what settle() posted there never runs.
    auto const next = awaited_ ? phase::abandoned : phase::answered;
    bool const was_waiting = from_.slots_[slot_].move(generation_of(ticket_), phase::waiting, next);
    if (!was_waiting || !awaited_)
        from_.release(slot_);
}

bool tickets::pending::withdraw() noexcept
{
    assert(slot_ != no_slot);
    bool const is_ours = from_.slots_[slot_].move(generation_of(ticket_), phase::waiting, phase::answered);
    if (is_ours)
        from_.release(std::exchange(slot_, no_slot));
    return is_ours;
}

task<verdict> tickets::pending::wait()
{
    assert(slot_ != no_slot);
    awaited_ = true;
    auto& s = from_.slots_[slot_];
    auto const until = std::chrono::steady_clock::now() + (s.deadline - boot_time());
    // The plugin may be at its answer, and has nobody to give it to if this wait ends early.
    auto waiting = insist([&] { return answered_.wait(until); });
    bool const in_time = co_await std::move(waiting);
    if (!in_time)
    {
        if (s.move(generation_of(ticket_), phase::waiting, phase::abandoned))
        {
            slot_ = no_slot;
            expired_ = true;
            co_return late_verdict();
        }
        auto last = insist([this] { return answered_.wait(); });  // the answer was faster and is on its way here
        co_await std::move(last);
    }
    auto answer = std::move(s.answer);
    from_.release(std::exchange(slot_, no_slot));
    co_return answer;
}

}  // namespace tokend
