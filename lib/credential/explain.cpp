#include "base/text.hpp"
#include "credential/authenticator.hpp"
#include "credential/chain.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

// What a login would do, for operators. The rules are those of verify(); the order is too.
namespace tokend {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::string_view not_asked = "not asked";
constexpr std::size_t most_lockouts = 20;  // of one name, from several networks

std::string_view plural_of(credentials::kind kind) noexcept
{
    return kind == credentials::kind::password ? "passwords"
           : kind == credentials::kind::code   ? "codes"
                                               : "identifiers";
}

std::string joined(std::vector<std::string> const& words)
{
    std::string all;
    for (auto const& word : words)
        all.append(all.empty() ? "" : ", ").append(word);
    return all.empty() ? "none" : all;
}

void judge_address(explanation& all, organisation const& org, asker const& from)
{
    if (org.allow_addresses.empty() && org.deny_addresses.empty())
        return all.pass("address", "clients of this organisation may have any address");
    auto const client = from.address ? from.client_address : "a client on a Unix socket";
    if (from.client_address.empty())
        return all.pass("address", "not judged, because no client_address was given");
    if (org.admits(from.address))
        return all.pass("address", client + " is allowed");
    all.refuse("address", client + " is not allowed by allow-addresses and deny-addresses",
               {code::address_not_allowed, {}, "not from this address"});
}

std::string describe(locked_out const& one)
{
    return (one.network.empty() ? "locked out from everywhere" : "locked out for clients of " + one.network) + " for " +
           std::to_string(one.left.count()) + " s";
}

void judge_lockouts(explanation& all, std::vector<locked_out> const& found, std::string const& network)
{
    for (auto const& one : found)
        if (one.network.empty() || one.network == network)
            all.refuse("lock-out", describe(one), {code::too_many_attempts, {}, "locked out", one.left});
        else
            all.pass("lock-out", describe(one) + ", and not for this client");
    if (found.empty())
        all.pass("lock-out", "not locked out");
}

void judge_unit(explanation& all, std::string const& asked)
{
    auto unit = choose_unit(all.who, asked);
    auto const units = "; the units of the user: " + joined(all.who.units);
    if (!unit)
        return all.refuse("unit", unit.error().reason + units, unit.error());
    auto const why = !asked.empty() ? "as asked" : !all.who.default_unit.empty() ? "the default" : "the only one";
    all.pass("unit", *unit + ", " + why + units);
    all.unit = *std::move(unit);
}

explanation::step describe(backend const& b, verdict& v, steady::duration took)
{
    explanation::step one{"backend", v.outcome == outcome::accept, std::move(v.reason), b.id()};
    one.verdict = name_of(v.outcome);
    one.took = took;
    one.did = std::move(v.steps);
    if (b.state().is_open)
        one.did.emplace_back("the breaker is open: of all logins, one at a time asks this backend now");
    return one;
}

}  // namespace

task<explanation> authenticator::explain(credentials presented, asker from) const
{
    explanation all;
    all.secret_was_given = !presented.proof.reveal().empty();
    auto const* const org = find(presented.organisation);
    if (org == nullptr)
    {
        all.refuse("organisation", "no organisation has this name",
                   {code::invalid_credentials, {}, "unknown organisation"});
        co_return all;
    }
    std::vector<std::string> names;
    for (auto const& b : org->backends)
        names.push_back(b->id());
    all.pass("organisation", org->name + ", whose backends are " + joined(names));
    judge_address(all, *org, from);
    auto const folded = fold(org->name);
    auto const name = fold_name(presented.name);
    auto const is_chosen = [&](locked_out const& one) { return one.organisation == folded && one.name == name; };
    auto const found = failures_.list(most_lockouts, is_chosen, steady::now());
    judge_lockouts(all, found, from.client_address.empty() ? std::string{} : network_of(from));
    auto const unit = presented.unit;
    co_await explain_backends(all, *org, std::make_shared<credentials const>(std::move(presented)), std::move(from));
    if (!all.backend.empty())
        judge_unit(all, unit);
    co_return all;
}

// Fills in who the user is, and the backend that accepts them, if one does.
task<void> authenticator::explain_backends(explanation& all, organisation const& org, shared_credentials presented,
                                           asker from)
{
    auto const kind = presented->presented;
    payer pays{org.name, network_of(from)};
    auto const q = std::make_shared<question const>(
        question{std::move(presented), org.name, std::move(from), std::move(pays), {}});
    chain verdicts;
    auto next = chain::step::next;
    for (auto const& b : org.backends)
    {
        if (next == chain::step::stop || !b->takes(kind))
        {
            auto const why = next == chain::step::stop ? std::string{"the backend before it has decided"}
                                                       : "it takes no " + std::string{plural_of(kind)};
            all.steps.push_back({"backend", false, why, b->id(), std::string{not_asked}});
            continue;
        }
        auto const begun = steady::now();
        auto v = co_await b->explain(q);
        next = verdicts.take(b->id(), v, b->on_unavailable());
        if (verdicts.accepted() && all.backend.empty())
        {
            all.backend = b->id();
            all.who = std::move(v.who);
        }
        all.steps.push_back(describe(*b, v, steady::now() - begun));
    }
    if (!verdicts.accepted())
        all.refuse(verdicts.conclude());
}

}  // namespace tokend
