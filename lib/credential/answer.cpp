#include "credential/backend.hpp"

#include "base/principal.hpp"
#include "base/text.hpp"

#include "tokend/plugin.hpp"

#include <algorithm>

namespace tokend {
namespace {

outcome outcome_of(std::uint32_t v) noexcept
{
    switch (v)
    {
    case TOKEND_ACCEPT:
        return outcome::accept;
    case TOKEND_BAD_SECRET:
        return outcome::bad_secret;
    case TOKEND_NO_SUCH_USER:
        return outcome::no_such_user;
    case TOKEND_NOT_MINE:
        return outcome::not_mine;
    case TOKEND_LOCKED:
        return outcome::locked;
    case TOKEND_DISABLED:
        return outcome::disabled;
    case TOKEND_EXPIRED:
        return outcome::expired;
    default:
        return outcome::unavailable;
    }
}

verdict broken(std::string reason)
{
    verdict v;
    v.reason = std::move(reason);
    return v;
}

// Called before anything is copied, so that a plugin cannot make the host copy without bound.
bool fits(tokend_answer const& a) noexcept
{
    std::size_t room = max_principal_bytes;
    auto const take = [&](std::size_t size) { return size <= room && (room -= size, true); };
    auto const take_all = [&](tokend_string const* items, std::size_t count) {
        return count <= max_principal_bytes &&
               std::all_of(items, items + count, [&](tokend_string const& s) { return take(s.size) && take(2); });
    };
    return take(a.username.size) && take(a.subject_id.size) && take(a.default_unit.size) &&
           take_all(a.units, a.unit_count) && take_all(a.groups, a.group_count);
}

bool is_text(identity const& who)
{
    auto const good = [](std::string const& s) { return is_utf8(s) && !has_control_character(s); };
    return good(who.username) && good(who.subject_id) && good(who.default_unit) &&
           std::all_of(who.units.begin(), who.units.end(), good) &&
           std::all_of(who.groups.begin(), who.groups.end(), good);
}

std::string copied(tokend_string s) { return std::string{plugin::view(s)}; }

identity read_identity(tokend_answer const& a)
{
    identity who;
    who.username = copied(a.username);
    who.subject_id = copied(a.subject_id);
    who.default_unit = copied(a.default_unit);
    for (std::size_t i = 0; i < a.unit_count; ++i)
        who.units.push_back(copied(a.units[i]));
    for (std::size_t i = 0; i < a.group_count; ++i)
        who.groups.push_back(copied(a.groups[i]));
    who.not_after = a.not_after;
    who.api_key = (a.flags & TOKEND_ANSWER_API_KEY) != 0;
    return who;
}

// What is no text is left out.
std::vector<std::string> read_steps(tokend_answer const& a)
{
    constexpr std::size_t most_steps = 64;
    constexpr std::size_t most_bytes = 1024;
    std::vector<std::string> steps;
    if (a.size < offsetof(tokend_answer, step_count) + sizeof a.step_count)
        return steps;
    for (std::size_t i = 0; i < std::min(a.step_count, most_steps); ++i)
        if (auto const step = plugin::view(a.steps[i]); is_utf8(step) && !has_control_character(step))
            steps.emplace_back(first_characters(step, most_bytes));
    return steps;
}

}  // namespace

verdict read_answer(tokend_answer const* answer)
{
    if (answer == nullptr || answer->size < TOKEND_ANSWER_MIN_SIZE)
        return broken("the plugin's answer is shorter than its ABI says");
    if (answer->verdict < TOKEND_ACCEPT || answer->verdict > TOKEND_UNAVAILABLE)
        return broken("the plugin gave no verdict: " + std::to_string(answer->verdict));
    verdict v;
    v.outcome = outcome_of(answer->verdict);
    constexpr std::size_t max_reason = 512;
    v.reason = std::string{plugin::view(answer->reason).substr(0, max_reason)};
    v.steps = read_steps(*answer);
    if (v.outcome != outcome::accept)
        return v;
    if (answer->username.size == 0)
        return broken("the plugin accepted without a user name");
    if (!fits(*answer))
        return broken("the plugin's principal takes more than " + std::to_string(max_principal_bytes) + " bytes");
    v.who = read_identity(*answer);
    if (!is_text(v.who))
        return broken("the plugin's principal holds control characters or is no UTF-8");
    return v;
}

}  // namespace tokend
