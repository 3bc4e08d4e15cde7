#include "web/request_history.hpp"

#include <algorithm>

namespace tokend {
namespace {

using namespace std::chrono_literals;

// The part number i of `whole` in `parts` equal ones. Together they are the whole.
std::uint64_t part(std::uint64_t whole, std::uint64_t i, std::uint64_t parts) noexcept
{
    return whole / parts + (i < whole % parts ? 1 : 0);
}

}  // namespace

std::string_view plural_of(request_kind k) noexcept
{
    constexpr std::array<std::string_view, request_kinds> names{"logins_accepted", "logins_rejected",
                                                                "logins_unavailable", "validations", "refusals"};
    return names[static_cast<std::size_t>(k)];
}

void request_history::add(second until, request_totals const& totals)
{
    std::lock_guard const lock{mutex_};
    if (!until_)
    {
        until_ = until;
        before_ = totals;
    }
    if (until <= *until_)
        return;
    auto grown = totals;
    for (std::size_t k = 0; k < request_kinds; ++k)
        grown.counts[k] -= before_.counts[k];
    grown.validation_times -= before_.validation_times;
    auto const passed = static_cast<std::uint64_t>((until - *until_).count());
    for (auto i = passed - std::min<std::uint64_t>(passed, length); i < passed; ++i)
    {
        auto& one = at(*until_ + 1s + std::chrono::seconds{i});
        one = {};
        for (std::size_t k = 0; k < request_kinds; ++k)
            one.counts[k] = part(grown.counts[k], i, passed);
    }
    at(until).validation_times = grown.validation_times;
    size_ = std::min<std::size_t>(length, size_ + passed);
    until_ = until;
    before_ = totals;
}

std::optional<request_history::excerpt> request_history::after(second since) const
{
    std::lock_guard const lock{mutex_};
    if (!until_)
        return std::nullopt;
    excerpt found{.until = *until_, .counts = {}, .validation_p99 = {}};
    auto const oldest = *until_ - std::chrono::seconds{size_} + 1s;
    for (auto s = std::max(oldest, since + 1s); s <= *until_; s += 1s)
        found.counts.push_back(at(s).counts);
    time_distribution minute;
    for (auto s = std::max(oldest, *until_ - 59s); s <= *until_; s += 1s)
        minute += at(s).validation_times;
    if (auto const p99 = minute.quantile(0.99))
        found.validation_p99 = std::chrono::microseconds{*p99};
    return found;
}

}  // namespace tokend
