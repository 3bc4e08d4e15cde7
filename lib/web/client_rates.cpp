#include "web/client_rates.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace tokend {

client_rates::client_rates() : first_(meters), second_(meters) {}

std::chrono::nanoseconds client_rates::take(ip_address const& client, rate_limit const& limit,
                                            rate_meter::time_point now) noexcept
{
    auto const network = network_of_client(client);
    auto const bytes = network.address().bytes();
    auto const key = hash_(std::span{reinterpret_cast<char const*>(bytes.data()), bytes.size()});
    auto const one = first_[key % meters].take(limit, now);
    auto const other = second_[(key >> 32) % meters].take(limit, now);
    return std::min(one, other);
}

}  // namespace tokend
