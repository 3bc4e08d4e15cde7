#include "token/sessions.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace tokend {
namespace {

static_assert(max_token_lifetime == longest_kept);

std::vector<std::string> copy(string_list const& list) { return {list.begin(), list.end()}; }

principal copy(principal_view const& seen)
{
    return {.organisation = std::string{seen.organisation},
            .backend = std::string{seen.backend},
            .username = std::string{seen.username},
            .subject_id = std::string{seen.subject_id},
            .unit = std::string{seen.unit},
            .units = copy(seen.units),
            .groups = copy(seen.groups),
            .not_after = seen.not_after};
}

}  // namespace

result<issued_token> sessions::issue(principal const& who, lifetime_rules const& rules, timestamp now, entropy& random,
                                     token_limits const& limits)
{
    auto const issued_at = whole_seconds(now);
    auto const expires_at = first_end(rules, who.not_after, issued_at);
    if (expires_at <= issued_at)
        return refusal{.code = code::invalid_credentials, .reason = "the credential has ended"};
    return make(who, {issued_at, expires_at}, limits, issued_at, issued_at, random);
}

// If there is an old token, it ends.
result<issued_token> sessions::make(principal const& who, token_times times, token_limits const& limits,
                                    std::chrono::sys_seconds checked_at, std::chrono::sys_seconds now, entropy& random,
                                    token_key const* old)
{
    if (times.expires_at - times.issued_at > max_token_lifetime)
        return refusal{.reason = "a lifetime of more than 194 days"};
    auto const encoded = encode(who);
    if (!encoded)
        return refusal{.reason = "the principal is larger than 8192 bytes"};
    auto whose = table_.prepare(*encoded, session_identity(who));
    whose.address = who.client_address;
    whose.limits = limits;
    whose.checked_at = static_cast<std::uint32_t>(checked_at.time_since_epoch().count());
    token_bits bits;
    if (!random.draw(bits))
        return refusal{.reason = "getrandom gives no bytes"};
    auto const key = digest(bits);
    table_.prefetch(key);
    std::optional<token_key> evicted;
    switch (old != nullptr ? table_.exchange(*old, key, whose, times.issued_at, times.expires_at, now)
                           : table_.insert(key, whose, times.issued_at, times.expires_at, now, &evicted))
    {
    case insert_result::done:
        counts_.issued.add();
        if (old != nullptr)
            counts_.of(token_end::switched).add();
        if (evicted)
            counts_.of(token_end::evicted).add();
        break;
    case insert_result::gone:
        return refusal{.code = code::invalid_token, .reason = "released since it was inspected"};
    case insert_result::owner_full:
        return refusal{.code = code::session_limit, .reason = "the user has max-sessions tokens"};
    case insert_result::share_full:
        return refusal{.code = code::token_store_full, .reason = "the organisation has max-tokens tokens"};
    case insert_result::full:
        return refusal{.code = code::token_store_full, .reason = "the token table is full"};
    case insert_result::unwritable:
        return refusal{.code = code::store_unavailable, .reason = "the tokens file cannot be written"};
    }
    return issued_token{.token = write_token(bits),
                        .accessor = write_accessor(key),
                        .issued_at = times.issued_at,
                        .expires_at = times.expires_at,
                        .expires_in = times.expires_at - now,
                        .evicted = evicted ? std::optional{write_accessor(*evicted)} : std::nullopt};
}

bool sessions::inspect(std::string_view token, timestamp now, inspection& out) const
{
    auto const bits = parse_token(token);
    if (!bits)
        return false;
    out.key_ = digest(*bits);
    table_.prefetch_to_find(out.key_);
    out.accessor = write_accessor(out.key_);  // while the slot is being fetched
    return read(now, out);
}

bool sessions::look_up(std::string_view accessor, timestamp now, inspection& out) const
{
    auto const key = parse_accessor(accessor);
    if (!key)
        return false;
    out.key_ = *key;
    out.accessor = write_accessor(*key);
    return read(now, out);
}

// Reads the token of out.key_.
[[gnu::always_inline]] inline bool sessions::read(timestamp now, inspection& out) const
{
    auto const second = whole_seconds(now);
    if (!table_.find(out.key_, second, out.found_))
        return false;
    auto const who = decode(out.found_.principal());
    if (!who)
        return false;
    out.principal = *who;
    out.issued_at = out.found_.issued_at;
    out.expires_at = capped(out.found_.expires_at, who->not_after);
    if (out.expires_at <= second)
        return false;
    out.expires_in = out.expires_at - second;
    return true;
}

bool sessions::renew(inspection& seen, lifetime_rules const& rules, timestamp now) noexcept
{
    auto const second = whole_seconds(now);
    return extend(seen, end_after_use(rules, {seen.issued_at, seen.expires_at}, seen.principal.not_after, second),
                  second);
}

bool sessions::touch(inspection& seen, lifetime_rules const& rules, timestamp now) noexcept
{
    auto const second = whole_seconds(now);
    auto const end = end_after_use(rules, {seen.issued_at, seen.expires_at}, seen.principal.not_after, second);
    return !worth_writing(rules, seen.expires_at, end) || extend(seen, end, second);
}

bool sessions::extend(inspection& seen, std::chrono::sys_seconds end, std::chrono::sys_seconds now) noexcept
{
    if (!table_.touch(seen.key_, end, now))
        return false;
    seen.expires_at = end;
    seen.expires_in = end - now;
    return true;
}

bool sessions::release(std::string_view token, timestamp now)
{
    auto const bits = parse_token(token);
    return bits && end(digest(*bits), token_end::released, whole_seconds(now));
}

bool sessions::end(token_key key, token_end why, std::chrono::sys_seconds now) noexcept
{
    bool const ended = table_.erase(key, now);
    if (ended)
        counts_.of(why).add();
    return ended;
}

result<issued_token> sessions::switch_unit(inspection const& seen, std::string_view unit, timestamp now,
                                           entropy& random, token_share* share)
{
    auto const second = whole_seconds(now);
    if (!seen.principal.units.contains(unit))
        return refusal{.code = code::unit_not_allowed, .member = "unit", .reason = "not one of the principal's units"};
    if (seen.expires_at <= second)
        return refusal{.code = code::invalid_token, .reason = "expired since it was inspected"};
    auto who = copy(seen.principal);
    who.unit = unit;
    who.client_address = table_.address_of(seen.key_).view();
    return make(who, {seen.issued_at, seen.expires_at}, {.share = share}, table_.checked_at(seen.found_), second,
                random, &seen.key_);
}

token_walk walk_tokens(table& kept, session_choice const& which, std::chrono::sys_seconds now)
{
    auto wanted = [which, now](std::span<char const> record) {
        auto const who = decode(record);
        return who && capped(std::chrono::sys_seconds::max(), who->not_after) > now && which.accepts(*who);
    };
    if (which.identity().empty())
        return {kept, std::move(wanted)};
    return {kept, which.identity(), std::move(wanted)};
}

std::size_t sessions::count(session_choice const& which, timestamp now) const
{
    std::size_t count = 0;
    auto tokens = walk_tokens(table_, which, whole_seconds(now));
    for (found_token found; tokens.next(whole_seconds(now), found);)
        ++count;
    return count;
}

std::size_t sessions::release_all(session_choice const& which, timestamp now, accessor_text const* but,
                                  std::size_t most, token_end why)
{
    auto const spared = but == nullptr ? std::nullopt : parse_accessor(but->view());
    std::size_t released = 0;
    auto tokens = walk_tokens(table_, which, whole_seconds(now));
    for (found_token found; released < most && tokens.next(whole_seconds(now), found);)
        if (found.key != spared)
            released += end(found.key, why, whole_seconds(now));
    return released;
}

// The filter notes the principals and refuses them, so no token is read.
std::vector<std::string> sessions::principals_of(session_owner const& owner, std::chrono::sys_seconds now) const
{
    std::vector<std::string> principals;
    auto note = [&](std::span<char const> record) {
        auto const who = decode(record);
        if (who && owner.owns(*who) && capped(std::chrono::sys_seconds::max(), who->not_after) > now)
            principals.emplace_back(record.data(), record.size());
        return false;
    };
    token_walk walk{table_, session_identity(owner), note};
    found_token none;
    std::ignore = walk.next(now, none);
    return principals;
}

std::size_t sessions::release_of(std::string const& principal, session_owner const& owner, std::chrono::sys_seconds now,
                                 std::size_t most)
{
    auto const is_it = [&](std::span<char const> record) { return std::ranges::equal(record, principal); };
    std::size_t released = 0;
    token_walk walk{table_, session_identity(owner), is_it};
    for (found_token found; released < most && walk.next(now, found);)
        released += end(found.key, token_end::revoked, now);
    return released;
}

bool sessions::grant_some(session_owner const& owner, granted_rights const& rights, timestamp now, std::size_t most,
                          rights_change& sum)
{
    auto const second = whole_seconds(now);
    for (auto const& bytes : principals_of(owner, second))
    {
        auto who = copy(*decode(bytes));
        bool const keeps_unit = who.unit.empty() || std::ranges::find(rights.units, who.unit) != rights.units.end();
        who.units = rights.units;
        who.groups = rights.groups;
        who.not_after = rights.not_after;
        auto const granted = keeps_unit ? encode(who) : std::nullopt;  // too large: a login would get no token either
        if (granted == bytes)
            continue;
        std::size_t done = 0;
        if (granted)
        {
            auto whose = table_.prepare(*granted, session_identity(owner));
            whose.checked_at = static_cast<std::uint32_t>(second.time_since_epoch().count());
            sum.changed += done = table_.replace_principal(bytes, whose, most);
        }
        if (done == 0)  // no room for the new principal: the tokens must not keep rights that were taken away
            sum.ended += done = release_of(bytes, owner, second, most);
        if ((most -= done) == 0)
            return false;
    }
    return true;
}

std::optional<check_claim> sessions::claim_check(inspection const& seen, recheck_rules const& rules,
                                                 timestamp now) noexcept
{
    auto const second = whole_seconds(now);
    auto const last = table_.checked_at(seen.found_);
    if (rules.interval == rules.interval.zero() || second - last < rules.interval)
        return std::nullopt;
    return table_.claim_check(seen.found_, last, second - rules.interval + rules.retry);
}

void sessions::settle_check(check_claim claim, timestamp good_at) noexcept
{
    table_.settle_check(claim, whole_seconds(good_at));
}

bool sessions::release_session(inspection const& seen, std::string_view accessor, timestamp now)
{
    auto const key = parse_accessor(accessor);
    found_token found;
    if (!key || !table_.find(*key, whole_seconds(now), found))
        return false;
    auto const who = decode(found.principal());
    return who && session_owner::of(seen.principal).owns(*who) && end(*key, token_end::released, whole_seconds(now));
}

bool sessions::release_session(std::string_view accessor, timestamp now)
{
    auto const key = parse_accessor(accessor);
    return key && end(*key, token_end::revoked, whole_seconds(now));
}

}  // namespace tokend
