#pragma once

#include "base/counts.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace tokend {

// What the history counts. Each request is counted once at most.
enum class request_kind : unsigned char
{
    login_accepted,     // a token was issued
    login_rejected,     // the credentials, the unit or the address was refused
    login_unavailable,  // no backend could check the credentials
    validation,         // answered, whatever it says of the token
    refusal             // of any request, because of a limit, a lock-out or an outage: 429 and 503
};
inline constexpr std::size_t request_kinds = 5;
// "logins_accepted", "logins_rejected", "logins_unavailable", "validations", "refusals"
std::string_view plural_of(request_kind k) noexcept;

// Requests by their kind, and the times of validations.
struct request_totals
{
    std::uint64_t operator[](request_kind k) const noexcept { return counts[static_cast<std::size_t>(k)]; }
    std::uint64_t& operator[](request_kind k) noexcept { return counts[static_cast<std::size_t>(k)]; }

    std::array<std::uint64_t, request_kinds> counts{};
    time_distribution validation_times{};
};

// What was counted in each of the last 300 seconds. Allocates only when it is made. Thread-safe.
class request_history
{
public:
    static constexpr std::size_t length = 300;
    using second = std::chrono::sys_seconds;

    request_history() : ring_(length) {}

    // Adds the second that ends at `until`, from the totals since the start of the process. The first call only notes
    // from where the totals grow. A call for a second that is there already changes nothing; what was counted since
    // belongs to the next one. Seconds that were left out get equal parts of what was counted meanwhile.
    void add(second until, request_totals const& totals);

    struct excerpt
    {
        second until{};                                                // the end of the last one
        std::vector<std::array<std::uint64_t, request_kinds>> counts;  // of one second each, the oldest first
        // 99 % of the validations of the last minute took no longer. Nothing: none was timed.
        std::optional<std::chrono::microseconds> validation_p99;
    };
    // The seconds that end after `since`. Nothing before the first call of add().
    std::optional<excerpt> after(second since) const;

private:
    request_totals& at(second s) noexcept
    {
        return ring_[static_cast<std::size_t>(s.time_since_epoch().count()) % length];
    }
    request_totals const& at(second s) const noexcept { return const_cast<request_history&>(*this).at(s); }

    mutable std::mutex mutex_;  // guards all below
    std::vector<request_totals> ring_;
    std::size_t size_ = 0;         // seconds that are there
    std::optional<second> until_;  // the end of the last one
    request_totals before_;        // the totals at that time
};

}  // namespace tokend
