#include "base/log_counts.hpp"

#include <algorithm>
#include <utility>

namespace tokend {

bool log_counts::add(log_level level, std::string_view event, std::string_view kind, std::string& fields, instant now)
{
    auto const found = std::find_if(entries_.begin(), entries_.end(),
                                    [&](entry const& e) { return e.kind == kind && e.event == event; });
    if (found == entries_.end())
    {
        entries_.push_back({std::string{event}, std::string{kind}, level, now + pause, {}, 0});
        return true;
    }
    if (found->count == 0 && found->quiet_until <= now)
    {
        found->quiet_until = now + pause;
        return true;
    }
    ++found->count;
    found->level = level;
    found->fields.swap(fields);
    return false;
}

std::optional<log_counts::counted> log_counts::take_due(instant now)
{
    for (auto& e : entries_)
        if (e.count != 0 && e.quiet_until <= now)
        {
            e.quiet_until = std::min(now, instant::max() - pause) + pause;
            return counted{e.level, e.event, std::exchange(e.fields, {}), std::exchange(e.count, 0)};
        }
    return std::nullopt;
}

log_counts::instant log_counts::next_due() const noexcept
{
    auto due = instant::max();
    for (auto const& e : entries_)
        if (e.count != 0)
            due = std::min(due, e.quiet_until);
    return due;
}

}  // namespace tokend
