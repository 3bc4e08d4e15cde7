#include "upkeep/user_check.hpp"

#include "audit/audit_log.hpp"
#include "base/log.hpp"
#include "base/refusal.hpp"
#include "upkeep/session_slices.hpp"

namespace tokend {
namespace {

session_owner owner_of(backend const& by, subject const& who)
{
    return {
        .organisation = who.organisation, .backend = by.id(), .username = who.username, .subject_id = who.subject_id};
}

void record(live_tokens const& live, backend const& by, subject const& who, verdict const& answer, std::size_t ended,
            std::size_t changed)
{
    if (live.audit == nullptr || ended + changed == 0)
        return;
    auto reason = std::string{name_of(answer.outcome)};
    if (!answer.reason.empty() && answer.reason != reason)
        reason += " (" + answer.reason + ')';
    audit_record r{.event = "recheck"};
    r.code = to_string(code::ok);
    r.organisation = who.organisation;
    r.user = who.username;
    r.backend = by.id();
    r.request_id = who.request_id;
    r.reason = reason;
    r.ended = ended;
    r.changed = changed;
    live.audit->write(r);
}

// Turns an acceptance that no login would get into a refusal.
void judge_acceptance(verdict& v, subject const& who, timestamp now)
{
    if (capped(std::chrono::sys_seconds::max(), v.who.not_after) <= whole_seconds(now))
    {
        v.outcome = outcome::expired;
        v.reason = "the end that the backend names has come";
    }
    else if (!who.subject_id.empty() && !v.who.subject_id.empty() && who.subject_id != v.who.subject_id)
    {
        v.outcome = outcome::no_such_user;
        v.reason = "the name belongs to another user now";
    }
}

task<void> revoke(live_tokens const& live, backend const& by, subject who, verdict answer)
{
    session_choice whose = owner_of(by, who);
    auto const released =
        co_await release_in_slices(live.sessions, live.clock, std::move(whose), nullptr, token_end::revoked);
    record(live, by, who, answer, released, 0);
    live.log.info("tokens revoked: their user may not log in any more",
                  {{"backend", by.id()},
                   {"organisation", who.organisation},
                   {"user", who.username},
                   {"outcome", name_of(answer.outcome)},
                   {"reason", answer.reason},
                   {"tokens", static_cast<std::int64_t>(released)},
                   {"request_id", who.request_id}});
}

task<void> grant(live_tokens const& live, backend const& by, subject who, verdict answer)
{
    granted_rights rights{std::move(answer.who.units), std::move(answer.who.groups), answer.who.not_after};
    auto const change = co_await grant_in_slices(live.sessions, live.clock, owner_of(by, who), std::move(rights));
    if (change.changed + change.ended == 0)
        co_return;
    record(live, by, who, answer, change.ended, change.changed);
    live.log.info("tokens changed: their user has other groups, units or another end",
                  {{"backend", by.id()},
                   {"organisation", who.organisation},
                   {"user", who.username},
                   {"changed", static_cast<std::int64_t>(change.changed)},
                   {"ended", static_cast<std::int64_t>(change.ended)},
                   {"request_id", who.request_id}});
}

}  // namespace

task<void> follow_answer(live_tokens const& live, backend const& by, subject who, verdict answer)
{
    if (answer.outcome == outcome::accept)
        judge_acceptance(answer, who, live.clock.now());
    if (is_gone(answer))
        co_return co_await revoke(live, by, std::move(who), std::move(answer));
    live.log.debug("checked again", {{"backend", by.id()},
                                     {"organisation", who.organisation},
                                     {"user", who.username},
                                     {"outcome", name_of(answer.outcome)},
                                     {"reason", answer.reason}});
    if (answer.outcome == outcome::accept)
        co_await grant(live, by, std::move(who), std::move(answer));
}

}  // namespace tokend
