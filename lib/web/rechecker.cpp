#include "web/rechecker.hpp"

#include "web/methods/common.hpp"

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

// In slices, so that a user with very many tokens does not hold up the worker's other clients.
task<std::size_t> revoke(services& shared, session_filter whose)
{
    constexpr std::size_t slice = 1000;
    std::size_t released = 0;
    for (;;)
    {
        auto const some = shared.sessions.release_all(whose, shared.clock.now(), nullptr, slice);
        released += some;
        if (some < slice)
            co_return released;
        co_await asio::post(co_await asio::this_coro::executor, use_task);
    }
}

task<void> run(services& shared, check c)
{
    auto const said = co_await c.by->ask_again(c.who);
    auto const name = display_name(c.who.organisation, c.who.username);
    if (!is_gone(said))
    {
        if (said.outcome == outcome::accept)
            shared.sessions.settle_check(c.claim, shared.clock.now());
        shared.log.debug(
            "checked again",
            {{"backend", c.by->id()}, {"who", name}, {"outcome", name_of(said.outcome)}, {"reason", said.reason}});
        co_return;
    }
    session_filter const whose{.organisation = c.who.organisation,
                               .username = c.who.username,
                               .unit = {},
                               .backend = c.by->id(),
                               .subject_id = c.who.subject_id};
    auto const released = co_await revoke(shared, whose);
    shared.log.info("tokens revoked: their user may not log in any more",
                    {{"backend", c.by->id()},
                     {"who", name},
                     {"outcome", name_of(said.outcome)},
                     {"reason", said.reason},
                     {"tokens", static_cast<std::int64_t>(released)},
                     {"request_id", c.who.request_id}});
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
