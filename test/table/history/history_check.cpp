#include "table/history/history_check.hpp"

#include "table/history/capacity_check.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

namespace tokend::testing {
namespace {

// The calls of each token together, by their begin.
class calls_by_token
{
public:
    explicit calls_by_token(std::span<operation const> calls)
    {
        for (auto const& call : calls)
            if (call.what != operation::kind::sweep)
            {
                ends_.resize(std::max<std::size_t>(ends_.size(), call.token + 1));
                ++ends_[call.token];
            }
        std::size_t sum = 0;
        for (auto& end : ends_)
            sum += std::exchange(end, sum);  // the begin, which grows to the end
        sorted_.resize(sum);
        for (auto const& call : calls)
            if (call.what != operation::kind::sweep)
                sorted_[ends_[call.token]++] = call;
        for (std::size_t token = 0; token < size(); ++token)
            std::ranges::sort(of(token), {}, &operation::begin);
    }

    std::size_t size() const { return ends_.size(); }
    std::span<operation const> operator[](std::size_t token) { return of(token); }

private:
    std::span<operation> of(std::size_t token)
    {
        auto const begin = token == 0 ? 0 : ends_[token - 1];
        return std::span{sorted_}.subspan(begin, ends_[token] - begin);
    }

    std::vector<std::size_t> ends_;
    std::vector<operation> sorted_;
};

}  // namespace

history_verdict check_history(std::span<operation const> calls, std::size_t capacity)
{
    history_verdict result;
    result.counted[event::call] = calls.size();
    removals const removed{calls};
    calls_by_token by_token{calls};
    std::vector<token_life> lives;
    for (std::size_t token = 0; token < by_token.size(); ++token)
        if (auto const about = by_token[token]; !about.empty())
        {
            auto const [wrong, life] = check_token(about, removed);
            if (!wrong.empty())
                return {wrong, {about.begin(), about.end()}, result.counted};
            result.counted.add(about, life);
            lives.push_back(life);
        }
    auto const kept = check_capacity(calls, lives, capacity);
    result.wrong = kept.wrong;
    result.counted[event::strictly_full] = kept.strictly;
    if (kept.at != nullptr)
        result.evidence = {*kept.at};
    return result;
}

std::ostream& operator<<(std::ostream& out, history_verdict const& verdict)
{
    constexpr std::string_view names[] = {"insert", "find", "touch", "erase", "sweep"};
    if (verdict.wrong.empty())
        return out << "linearizable";
    out << verdict.wrong;
    for (auto const& call : verdict.evidence)
        out << "\n  " << call.begin << " to " << call.end << ' ' << names[static_cast<std::size_t>(call.what)] << " of "
            << call.token << " at " << call.now << (call.done ? ", done" : ", not done") << ", expires " << call.expires
            << ", issued " << call.issued << ", principal " << call.principal;
    return out;
}

}  // namespace tokend::testing
