#pragma once

#include "base/address.hpp"
#include "base/keyed_hash.hpp"
#include "base/rate.hpp"

#include <cstddef>
#include <vector>

namespace tokend {

// Meters the requests of client networks, however many there are, in a fixed size. Two networks may share a meter, so
// each network has two, and is over its rate only if both are: a client that floods hardly ever takes another one
// along. Which meters a network has is secret. Thread-safe.
class client_rates
{
public:
    client_rates();

    // As rate_meter::take(), for the network of the client; see network_of_client().
    std::chrono::nanoseconds take(ip_address const& client, rate_limit const& limit,
                                  rate_meter::time_point now) noexcept;

private:
    static constexpr std::size_t meters = 65'536;  // in each of two rows

    keyed_hash const hash_;
    std::vector<rate_meter> first_;
    std::vector<rate_meter> second_;
};

}  // namespace tokend
