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
    // As rate_meter::take(), for the network of the client.
    std::chrono::nanoseconds take(ip_address const& client, rate_limit const& limit,
                                  rate_meter::time_point now) noexcept
    {
        auto const [one, other] = meters_.of(client);
        auto const first = one.take(limit, now);
        auto const second = other.take(limit, now);
        return std::min(first, second);
    }

private:
    network_cells<rate_meter> meters_;
};

}  // namespace tokend
