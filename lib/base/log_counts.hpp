#pragma once

#include "base/log_line.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// Counts events that strangers can cause in any number. The first event of a kind is to be written at once. Those that
// follow within a second are counted, and one line reports their number and the fields of the last. Not thread-safe.
class log_counts
{
public:
    using instant = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds pause{1};  // between two lines of one kind

    // Returns true if the caller is to write the event now. Otherwise counts the event, and swaps `fields` with those
    // of the event before. Event and kind together name the kind. REQUIRES: there are few kinds; all of them are kept.
    [[nodiscard]] bool add(log_level level, std::string_view event, std::string_view kind, std::string& fields,
                           instant now);

    struct counted
    {
        log_level level;
        std::string event;
        std::string fields;  // of the last event
        std::uint64_t count;
    };
    // Returns a kind whose count is due at `now`, and resets the count. Returns nothing if no count is due.
    [[nodiscard]] std::optional<counted> take_due(instant now);

    // When the next count is due; instant::max() if nothing is counted.
    instant next_due() const noexcept;

private:
    struct entry
    {
        std::string event;
        std::string kind;
        log_level level;
        instant quiet_until;
        std::string fields;
        std::uint64_t count = 0;
    };
    std::vector<entry> entries_;
};

}  // namespace tokend
