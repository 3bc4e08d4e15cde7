#include "web/rechecker.hpp"

#include "web/user_check.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>

namespace tokend {
namespace {

struct check
{
    std::shared_ptr<backend> by;
    subject who;
    check_claim claim;
};

task<void> run(services& shared, check c)
{
    auto answer = co_await c.by->ask_again(c.who);
    if (answer.outcome == outcome::accept)
        shared.sessions.settle_check(c.claim, shared.clock.now());
    co_await follow_answer(shared, *c.by, std::move(c.who), std::move(answer));
}

}  // namespace

void rechecker::note_use(context const& ctx)
{
    auto const& who = ctx.bench.seen.principal;
    auto const* const by = ctx.config.authenticator.rechecking(who.backend);
    if (by == nullptr)
        return;
    auto const claim = shared_.sessions.claim_check(ctx.bench.seen, (*by)->rechecks(), ctx.received);
    if (!claim)
        return;
    check due{*by,
              {std::string{who.username}, std::string{who.subject_id}, std::string{who.organisation},
               std::string{ctx.request_id}},
              *claim};
    asio::post(loop_, [this, due = std::move(due)]() mutable {
        auto asking = run(shared_, std::move(due));
        auto ended = [this](std::exception_ptr trouble) {
            if (trouble)
                shared_.log.error("exception while a user was checked again");
        };
        asio::co_spawn(loop_, std::move(asking), ended);
    });
}

}  // namespace tokend
