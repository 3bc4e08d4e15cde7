#pragma once

#include "base/counts.hpp"
#include "base/refusal.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace tokend {

// What one worker counts of its requests. The functions that count are for its loop; the others for any thread.
class request_metrics
{
public:
    static constexpr std::size_t routes = 48;  // their numbers are below it; 0: a request without a route
    static constexpr std::size_t codes = static_cast<std::size_t>(code::internal_error) + 1;
    static constexpr std::uint32_t sampling = 16;  // one request in so many is timed

    using codes_of_route = std::array<own_count, codes>;

    void count(std::size_t route, code c) noexcept { answers_[route][static_cast<std::size_t>(c)].add(); }
    // Returns true for the requests to be timed.
    bool is_sampled() noexcept { return ++requests_ % sampling == 0; }
    void add_time(std::size_t route, std::chrono::nanoseconds time) noexcept { times_[route].add(time); }

    // By organisation and by the backend that accepted it; both have names that the configuration bounds.
    void count_login(std::string_view organisation, std::string_view backend, code c) noexcept;

    std::uint64_t answers(std::size_t route, code c) const noexcept
    {
        return answers_[route][static_cast<std::size_t>(c)].get();
    }
    void add_times(std::size_t route, time_distribution& sum) const noexcept { times_[route].add_to(sum); }

    using login_key = std::tuple<std::string, std::string, code>;  // organisation, backend
    using login_view = std::tuple<std::string_view, std::string_view, code>;
    struct login_order
    {
        using is_transparent = void;
        bool operator()(login_view const& a, login_view const& b) const noexcept { return a < b; }
    };
    using login_counts = std::map<login_key, std::uint64_t, login_order>;
    void add_logins(login_counts& sum) const;

private:
    std::array<codes_of_route, routes> answers_{};
    std::array<own_time_counts, routes> times_{};
    std::uint32_t requests_ = 0;
    mutable std::mutex mutex_;  // guards what follows
    login_counts logins_;
};

}  // namespace tokend
