#include "table/history/tally.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>
#include <utility>

namespace tokend::testing {
namespace {

event of(operation const& call, token_life const& life)
{
    using enum operation::kind;
    if (call.what == insert)
        return call.done ? event::insert : event::full;
    if (call.done)
        return call.what == find ? event::hit : call.what == touch ? event::touch : event::erase;
    if (life.insert != nullptr && call.now >= life.expires)
        return event::expired;
    return call.what == find ? event::miss : event::failed;
}

}  // namespace

void tally::add(std::span<operation const> calls, token_life const& life)
{
    moment ended = 0;
    for (auto const& call : calls)
    {
        ++(*this)[of(call, life)];
        (*this)[event::overlap] += call.begin < ended;
        ended = std::max(ended, call.end);
    }
    if (life.insert != nullptr && life.erase == nullptr)
        (*this)[event::removed] += !calls.back().done;
}

tally& tally::operator+=(tally const& other)
{
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i] += other.counts_[i];
    return *this;
}

std::ostream& operator<<(std::ostream& out, tally const& counted)
{
    constexpr std::array<std::string_view, static_cast<std::size_t>(event::count)> names{
        "calls",  "overlaps", "inserts", "full",    "strictly full", "hits",
        "misses", "touches",  "erases",  "expired", "failed",        "removed"};
    std::string_view before;
    for (std::size_t i = 0; i < names.size(); ++i)
        out << std::exchange(before, ", ") << names[i] << ' ' << counted[static_cast<event>(i)];
    return out;
}

}  // namespace tokend::testing
