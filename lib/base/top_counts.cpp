#include "base/top_counts.hpp"

namespace tokend {

void top_counts::add(std::string_view name, std::uint64_t times)
{
    total_ += times;
    auto at = counters_.find(name);
    if (at != counters_.end())
        order_.erase({at->second.count, &at->first});
    else if (counters_.size() < bound_)
        at = counters_.emplace(name, counter{}).first;
    else
    {
        auto const [least, loser] = *order_.begin();
        order_.erase(order_.begin());
        auto node = counters_.extract(counters_.find(*loser));
        node.key() = name;
        node.mapped() = {least, least};
        at = counters_.insert(std::move(node)).position;
    }
    at->second.count += times;
    order_.emplace(at->second.count, &at->first);
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
