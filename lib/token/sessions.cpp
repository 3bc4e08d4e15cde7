#include "token/sessions.hpp"

#include <string>
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

result<issued_token> sessions::issue(principal const& who, lifetime_rules const& rules, timestamp now, entropy& random)
{
    auto const issued_at = whole_seconds(now);
    auto const expires_at = first_end(rules, who.not_after, issued_at);
    if (expires_at <= issued_at)
        return refusal{.code = code::invalid_credentials, .reason = "the credential has ended"};
    return make(who, {issued_at, expires_at}, issued_at, random);
}

result<issued_token> sessions::make(principal const& who, token_times times, std::chrono::sys_seconds now,
                                    entropy& random)
{
    if (times.expires_at - times.issued_at > max_token_lifetime)
        return refusal{.reason = "a lifetime of more than 194 days"};
    auto const encoded = encode(who);
    if (!encoded)
        return refusal{.reason = "the principal is larger than 8192 bytes"};
    token_bits bits;
    if (!random.draw(bits))
        return refusal{.reason = "getrandom gives no bytes"};
    auto const key = digest(bits);
    if (table_.insert(key, *encoded, times.issued_at, times.expires_at, now) == insert_result::full)
        return refusal{.code = code::token_store_full, .reason = "the token table is full"};
    return issued_token{.token = write_token(bits),
                        .accessor = write_accessor(key),
                        .issued_at = times.issued_at,
                        .expires_at = times.expires_at,
                        .expires_in = times.expires_at - now};
}

bool sessions::inspect(std::string_view token, timestamp now, inspection& out) const
{
    auto const bits = parse_token(token);
    if (!bits)
        return false;
    out.key_ = digest(*bits);
    if (!table_.find(out.key_, whole_seconds(now), out.found_))
        return false;
    auto const who = decode(out.found_.principal());
    if (!who)
        return false;
    out.principal = *who;
    out.accessor = write_accessor(out.key_);
    out.issued_at = out.found_.issued_at;
    out.expires_at = out.found_.expires_at;
    out.expires_in = out.expires_at - whole_seconds(now);
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
    return bits && table_.erase(digest(*bits), whole_seconds(now));
}

result<issued_token> sessions::switch_unit(inspection const& seen, std::string_view unit, timestamp now,
                                           entropy& random)
{
    auto const second = whole_seconds(now);
    if (!seen.principal.units.contains(unit))
        return refusal{.code = code::unit_not_allowed, .member = "unit", .reason = "not one of the principal's units"};
    if (seen.expires_at <= second)
        return refusal{.code = code::invalid_token, .reason = "expired since it was inspected"};
    auto who = copy(seen.principal);
    who.unit = unit;
    auto fresh = make(who, {seen.issued_at, seen.expires_at}, second, random);
    if (!fresh)
        return fresh;
    if (table_.erase(seen.key_, second))
        return fresh;
    release(fresh->token.reveal(), now);  // the old one was released meanwhile: it must not live on under another name
    return refusal{.code = code::invalid_token, .reason = "released since it was inspected"};
}

}  // namespace tokend
