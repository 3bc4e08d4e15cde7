#include "credential/verdict.hpp"

namespace tokend {

std::string_view name_of(outcome o) noexcept
{
    switch (o)
    {
    case outcome::accept:
        return "accepted";
    case outcome::bad_secret:
        return "bad secret";
    case outcome::no_such_user:
        return "no such user";
    case outcome::not_mine:
        return "not mine";
    case outcome::locked:
        return "locked";
    case outcome::disabled:
        return "disabled";
    case outcome::expired:
        return "expired";
    case outcome::unavailable:
        return "unavailable";
    case outcome::overloaded:
        return "overloaded";
    }
    return "unknown";
}

bool is_refusal(outcome o) noexcept
{
    return o != outcome::accept && o != outcome::not_mine && o != outcome::unavailable && o != outcome::overloaded;
}

bool is_gone(verdict const& v) noexcept
{
    switch (v.outcome)
    {
    case outcome::no_such_user:
    case outcome::locked:
    case outcome::disabled:
    case outcome::expired:
        return true;
    case outcome::accept:
    case outcome::bad_secret:
    case outcome::not_mine:
    case outcome::unavailable:
    case outcome::overloaded:
        return false;
    }
    return false;
}

}  // namespace tokend
