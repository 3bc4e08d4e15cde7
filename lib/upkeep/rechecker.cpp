#include "upkeep/rechecker.hpp"

#include "base/log.hpp"
#include "upkeep/user_check.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <new>

namespace tokend {
namespace {

struct check
{
    std::shared_ptr<backend> by;
    subject who;
    check_claim claim;
};

task<void> run(live_tokens const& live, check c)
{
    auto answer = co_await c.by->ask_again(c.who);
    if (answer.outcome == outcome::accept)
        live.sessions.settle_check(c.claim, live.clock.now());
    co_await follow_answer(live, *c.by, std::move(c.who), std::move(answer));
}

}  // namespace

// The use is as good without the check, so a check that finds no memory is left out until the next one is due.
void rechecker::note_use(inspection const& token, authenticator const& backends, timestamp now,
                         std::string_view request_id) noexcept
try
{
    auto const& who = token.principal;
    auto const* const by = backends.rechecking(who.backend);
    if (by == nullptr)
        return;
    auto const claim = live_.sessions.claim_check(token, (*by)->rechecks(), now);
    if (!claim)
        return;
    check due{*by,
              {std::string{who.username}, std::string{who.subject_id}, std::string{who.organisation},
               std::string{request_id}},
              *claim};
    asio::post(loop_, [this, due = std::move(due)]() mutable {
        auto asking = run(live_, std::move(due));
        auto ended = [this](std::exception_ptr trouble) {
            if (trouble)
                live_.log.error("exception while a user was checked again");
        };
        asio::co_spawn(loop_, std::move(asking), ended);
    });
}
catch (std::bad_alloc const&)
{}

}  // namespace tokend
