#include "credential/chain.hpp"

#include <algorithm>
#include <cassert>

namespace tokend {

chain::step chain::take(std::string_view backend, verdict const& v, on_unavailable when_unavailable)
{
    note(backend, v, name_of(v.outcome));
    switch (v.outcome)
    {
    case outcome::accept:
        accepted_ = true;
        return step::stop;
    case outcome::no_such_user:
    case outcome::not_mine:
        return step::next;
    case outcome::unavailable:
        outage_ = true;
        return when_unavailable == on_unavailable::next ? step::next : step::stop;
    case outcome::overloaded:
        overloaded_ = true;
        return step::stop;
    case outcome::bad_secret:
        bad_secret_ = true;
        return step::stop;
    case outcome::locked:
    case outcome::disabled:
    case outcome::expired:
        withheld_ = true;
        return step::stop;
    }
    return step::stop;
}

refusal chain::conclude() const
{
    assert(!accepted_);
    auto const c = outage_ ? code::backend_unavailable : overloaded_ ? code::overloaded : code::invalid_credentials;
    return {c, {}, reasons_.empty() ? "no backend takes this kind of credentials" : reasons_};
}

bool chain::counts() const
{
    assert(!accepted_);
    return bad_secret_ || !(outage_ || overloaded_ || withheld_);
}

void chain::note(std::string_view backend, verdict const& v, std::string_view what)
{
    if (v.outcome == outcome::accept || v.outcome == outcome::not_mine)
        return;
    reasons_.append(reasons_.empty() ? "" : "; ").append(backend).append(": ").append(what);
    if (!v.reason.empty())
        reasons_.append(" (").append(v.reason).append(")");
}

result<std::string> choose_unit(identity const& who, std::string_view asked)
{
    if (!asked.empty())
    {
        if (std::find(who.units.begin(), who.units.end(), asked) != who.units.end())
            return std::string{asked};
        return refusal{code::unit_not_allowed, "unit", "not one of the user's units"};
    }
    if (!who.default_unit.empty())
        return who.default_unit;
    if (who.units.size() == 1)
        return who.units.front();
    return refusal{code::no_default_unit, "unit",
                   who.units.empty() ? "the user has no unit" : "the user has several units and no default"};
}

}  // namespace tokend
