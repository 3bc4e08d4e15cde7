#include "base/top_counts.hpp"

namespace tokend {

// What needs memory comes first: without memory nothing has changed.
void top_counts::add(std::string_view name, std::uint64_t times)
{
    if (auto const known = counters_.find(name); known != counters_.end())
    {
        auto place = order_.extract({known->second.count, &known->first});
        known->second.count += times;
        place.value().first = known->second.count;
        order_.insert(std::move(place));
    }
    else if (counters_.size() < bound_)
    {
        auto const made = counters_.emplace(name, counter{times, 0}).first;
        try
        {
            order_.emplace(times, &made->first);
        }
        catch (...)
        {
            counters_.erase(made);
            throw;
        }
    }
    else
    {
        std::string key{name};
        auto place = order_.extract(order_.begin());
        auto const [least, loser] = place.value();
        auto node = counters_.extract(counters_.find(*loser));
        node.key() = std::move(key);
        node.mapped() = {least + times, least};
        auto const at = counters_.insert(std::move(node)).position;
        place.value() = {at->second.count, &at->first};
        order_.insert(std::move(place));
    }
    total_ += times;
}

std::vector<top_counts::row> top_counts::rows() const
{
    std::vector<row> all;
    all.reserve(order_.size());
    for (auto at = order_.rbegin(); at != order_.rend(); ++at)
        all.push_back({*at->second, at->first, counters_.find(*at->second)->second.error});
    return all;
}

}  // namespace tokend
