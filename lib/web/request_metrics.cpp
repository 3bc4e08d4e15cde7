#include "web/request_metrics.hpp"

#include <new>

namespace tokend {

// Without memory for a new combination it is not counted.
void request_metrics::count_login(std::string_view organisation, std::string_view backend, code c) noexcept
try
{
    std::lock_guard const lock{mutex_};
    auto at = logins_.find(login_view{organisation, backend, c});
    if (at == logins_.end())
        at = logins_.emplace(login_key{organisation, backend, c}, 0).first;
    ++at->second;
}
catch (std::bad_alloc const&)
{}

void request_metrics::add_logins(login_counts& sum) const
{
    std::lock_guard const lock{mutex_};
    for (auto const& [key, count] : logins_)
        sum[key] += count;
}

}  // namespace tokend
