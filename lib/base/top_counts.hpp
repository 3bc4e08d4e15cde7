#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tokend {

// The most frequent names among very many, in bounded memory: Space-Saving (Metwally, Agrawal and El Abbadi, 2005).
// After N additions with m counters no count is too low, and none is more than N / m too high. Every name that was
// added more than N / m times is there. Not thread-safe.
class top_counts
{
public:
    struct row
    {
        std::string name;
        std::uint64_t count = 0;
        std::uint64_t error = 0;  // the count is at most so much too high
    };

    // REQUIRES: at least one counter.
    explicit top_counts(std::size_t counters) : bound_{counters} {}
    top_counts(top_counts const&) = delete;

    // A new name takes the place of the least frequent one if all counters are in use.
    void add(std::string_view name, std::uint64_t times = 1);

    std::uint64_t total() const noexcept { return total_; }  // of all additions
    std::vector<row> rows() const;                           // the most frequent first

private:
    struct counter
    {
        std::uint64_t count = 0;
        std::uint64_t error = 0;
    };
    struct hash
    {
        using is_transparent = void;
        std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
    };
    using counters_by_name = std::unordered_map<std::string, counter, hash, std::equal_to<>>;
    using by_count = std::set<std::pair<std::uint64_t, std::string const*>>;

    std::size_t const bound_;
    counters_by_name counters_;
    by_count order_;  // the names are keys of counters_, which do not move
    std::uint64_t total_ = 0;
};

}  // namespace tokend
