#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace tokend {

// How safe something in the tokens file is.
enum class durability
{
    written,  // it survives the end of the process
    on_disk   // it survives a power cut
};

// Group commit: those who wait until what they did is in the tokens file, and are told together. Not thread-safe.
class commit_queue
{
public:
    using clock_time = std::chrono::steady_clock::time_point;
    using told = std::function<void(bool done)>;

    // `unit`: how much must be written; never less than in an earlier call.
    void add(durability how, std::uint64_t unit, clock_time now, told done);

    bool is_empty() const noexcept { return written_.empty() && on_disk_.empty(); }
    bool waits_for_disk() const noexcept { return !on_disk_.empty(); }

    // The functions below append to `out` those who need not wait longer.
    void take(durability how, std::uint64_t unit, std::vector<told>& out);  // so much is safe
    void take_older(clock_time than, std::vector<told>& out);               // who have waited since before `than`
    void take_all(std::vector<told>& out);

private:
    struct waiter
    {
        std::uint64_t unit;
        clock_time since;
        told done;
    };
    std::deque<waiter>& of(durability how) noexcept { return how == durability::written ? written_ : on_disk_; }

    std::deque<waiter> written_;
    std::deque<waiter> on_disk_;
};

}  // namespace tokend
