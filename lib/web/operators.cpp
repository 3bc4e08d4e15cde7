#include "web/operators.hpp"

#include "base/text.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tokend {
namespace {

constexpr std::array role_names{
    std::pair{role::viewer, std::string_view{"viewer"}},
    std::pair{role::operator_, std::string_view{"operator"}},
    std::pair{role::admin, std::string_view{"admin"}},
};
constexpr std::array kind_names{
    std::pair{operator_kind::user, std::string_view{"user"}},
    std::pair{operator_kind::group, std::string_view{"group"}},
    std::pair{operator_kind::certificate, std::string_view{"certificate"}},
    std::pair{operator_kind::bearer, std::string_view{"bearer"}},
};

template <class Names>
auto named(Names const& names, std::string_view text)
{
    auto const found = std::ranges::find(names, text, [](auto const& n) { return n.second; });
    return found == names.end() ? std::nullopt : std::optional{found->first};
}

template <class Names, class Value>
std::string_view name_of(Names const& names, Value value) noexcept
{
    return std::ranges::find(names, value, [](auto const& n) { return n.first; })->second;
}

// Cuts the text before `separator` off the front, and the separator.
std::string_view take_until(std::string_view& rest, char separator) noexcept
{
    auto const part = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
}

std::optional<std::vector<std::string>> parse_organisations(std::string_view text)
{
    std::vector<std::string> ids;
    if (text.ends_with(','))
        return std::nullopt;
    while (!text.empty())
    {
        std::string id{take_until(text, ',')};
        if (id.empty() || std::ranges::find(ids, id) != ids.end())
            return std::nullopt;
        ids.push_back(std::move(id));
    }
    return ids.empty() ? std::nullopt : std::optional{std::move(ids)};
}

}  // namespace

std::string_view to_string(role r) noexcept { return name_of(role_names, r); }

std::optional<operator_rule> operator_rule::parse(std::string_view text)
{
    auto rest = trim(text);
    auto what = take_until(rest, ' ');
    bool const is_limited = what.find('@') != what.npos;
    auto const role = named(role_names, take_until(what, '@'));
    auto const ids = is_limited ? parse_organisations(what) : std::optional<std::vector<std::string>>{std::in_place};
    auto who = trim(rest);
    bool const has_name = who.find(':') != who.npos;
    auto const kind = named(kind_names, take_until(who, ':'));
    if (!role || !ids || !kind || has_name != (kind != operator_kind::bearer) || has_name == who.empty())
        return std::nullopt;
    return operator_rule{.role = *role, .organisations = *ids, .kind = *kind, .name = std::string{who}};
}

std::string operator_rule::text() const
{
    std::string all{to_string(role)};
    if (!organisations.empty())
        all.append("@").append(join(organisations, ","));
    all.append(" ").append(name_of(kind_names, kind));
    return name.empty() ? all : all.append(":").append(name);
}

bool permits::allow(role r, std::string_view organisation) const noexcept
{
    return std::ranges::any_of(grants_, [&](auto const& g) {
        return g->role >= r &&
               (g->organisations.empty() || std::ranges::any_of(g->organisations, [&](std::string const& name) {
                    return equal_folded(name, organisation);
                }));
    });
}

bool permits::allow_everywhere(role r) const noexcept
{
    return std::ranges::any_of(grants_, [&](auto const& g) { return g->role >= r && g->organisations.empty(); });
}

bool permits::allow_somewhere(role r) const noexcept
{
    return std::ranges::any_of(grants_, [&](auto const& g) { return g->role >= r; });
}

operators::operators(std::vector<resolved_rule> rules, secret bearer) : bearer_{std::move(bearer)}
{
    for (auto& r : rules)
    {
        auto grant = std::make_shared<permits::grant const>(permits::grant{r.rule.role, std::move(r.organisations)});
        entries_.push_back({r.rule.kind, r.number, std::move(r.rule.name), std::move(grant)});
    }
}

bool operators::is_bearer(std::string_view presented) const noexcept
{
    auto const kept = bearer_.reveal();
    return !kept.empty() && presented.size() == kept.size() &&
           CRYPTO_memcmp(presented.data(), kept.data(), kept.size()) == 0;
}

permits operators::permits_of(client const& from, std::string_view presented) const
{
    permits found;
    bool const has_token = is_bearer(presented);
    if (from.process)
        found.name_ = "uid " + std::to_string(from.process->user);
    else if (from.certificate_subject)
        found.name_ = "certificate " + *from.certificate_subject;
    else if (has_token)
        found.name_ = "bearer";
    for (auto const& e : entries_)
    {
        bool const is_it = e.kind == operator_kind::bearer ? has_token
                           : e.kind == operator_kind::certificate
                               ? from.certificate_subject && *from.certificate_subject == e.subject
                           : !from.process ? false
                           : e.kind == operator_kind::user
                               ? from.process->user == e.number
                               : std::ranges::find(from.process->groups, e.number) != from.process->groups.end();
        if (is_it)
            found.grants_.push_back(e.grant);
    }
    return found;
}

}  // namespace tokend
