#pragma once

#include "base/address.hpp"
#include "base/rate.hpp"
#include "web/network_cells.hpp"

#include <algorithm>
#include <chrono>

namespace tokend {

// Meters the requests of client networks. Thread-safe.
class client_rates
{
public:
    // The meters of one client network. REQUIRES: client_rates outlives it.
    class meters
    {
    public:
        meters(rate_meter& one, rate_meter& other) noexcept : one_{&one}, other_{&other} {}

        // As rate_meter::take().
        std::chrono::nanoseconds take(rate_limit const& limit, rate_meter::time_point now) const noexcept
        {
            auto const first = one_->take(limit, now);
            auto const second = other_->take(limit, now);
            return std::min(first, second);
        }

    private:
        rate_meter* one_;
        rate_meter* other_;
    };

    // Those of the network of the client. They stay the same, so a connection asks for them once.
    meters of(ip_address const& client) noexcept
    {
        auto const [one, other] = meters_.of(client);
        return {one, other};
    }

private:
    network_cells<rate_meter> meters_;
};

}  // namespace tokend
