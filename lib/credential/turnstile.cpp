#include "credential/turnstile.hpp"

#include <optional>
#include <utility>

namespace tokend {

bool turnstile::try_take()
{
    std::lock_guard const lock{mutex_};
    if (free_ == 0 || !queue_.empty())
        return false;
    --free_;
    return true;
}

// Somebody else may have to leave the queue, and is told.
turnstile::entry turnstile::enter(payer const& who, tokend_ticket ticket)
{
    std::optional<tokend_ticket> out;
    {
        std::lock_guard const lock{mutex_};
        if (free_ != 0 && queue_.empty())
        {
            --free_;
            return entry::taken;
        }
        auto const number = queue_.push(who, ticket);
        if (queue_.size() > bound_)
        {
            auto const [which, shed] = queue_.shed();
            if (which == number)
                return entry::refused;
            out = shed;
        }
    }
    if (out)
        waits_.settle(*out, make_verdict(outcome::overloaded, {}));
    return entry::queued;
}

task<bool> turnstile::take(payer who, std::chrono::nanoseconds deadline)
{
    tickets::pending turn{waits_, co_await asio::this_coro::executor, deadline};
    if (!turn)
        co_return false;
    auto waiting = turn.wait();  // takes its memory before the turn can come
    auto const at_once = enter(who, turn.ticket());
    if (at_once != entry::queued && turn.withdraw())
        co_return at_once == entry::taken;
    auto const came = co_await std::move(waiting);
    co_return at_once == entry::taken || came.outcome == outcome::accept;
}

void turnstile::give_back() noexcept
{
    for (;;)
    {
        tokend_ticket next{};
        {
            std::lock_guard const lock{mutex_};
            if (queue_.empty())
            {
                ++free_;
                return;
            }
            next = queue_.pop();
        }
        if (waits_.settle(next, make_verdict(outcome::accept, {})))
            return;
    }
}

}  // namespace tokend
