#pragma once

#include "table/history/operation.hpp"

// Calls written by hand, for tests of what judges them: all of token 0, which carol has from second 100 to 110 unless
// they say so.
namespace tokend::testing::calls {

struct interval
{
    moment begin;
    moment end;
};

inline constexpr std::uint16_t carol = 3;
inline constexpr std::uint32_t issued = 90;

inline operation call(operation::kind what, interval when, std::uint32_t now, bool done, std::uint32_t expires = 0)
{
    return {.begin = when.begin,
            .end = when.end,
            .now = now,
            .expires = expires,
            .issued = issued,
            .principal = carol,
            .what = what,
            .done = done};
}

inline operation insert(interval when, std::uint32_t expires = 110, std::uint32_t now = 100)
{
    return call(operation::kind::insert, when, now, true, expires);
}
inline operation refused(interval when, std::uint32_t now = 100)
{
    return call(operation::kind::insert, when, now, false, now + 10);
}
inline operation hit(interval when, std::uint32_t expires = 110, std::uint32_t now = 100)
{
    return call(operation::kind::find, when, now, true, expires);
}
inline operation miss(interval when, std::uint32_t now = 100) { return call(operation::kind::find, when, now, false); }
inline operation touch(interval when, std::uint32_t expires, std::uint32_t now = 100)
{
    return call(operation::kind::touch, when, now, true, expires);
}
inline operation no_touch(interval when, std::uint32_t now = 100)
{
    return call(operation::kind::touch, when, now, false, now + 10);
}
inline operation erase(interval when, std::uint32_t now = 100) { return call(operation::kind::erase, when, now, true); }
inline operation no_erase(interval when, std::uint32_t now = 100)
{
    return call(operation::kind::erase, when, now, false);
}
inline operation sweep(interval when, std::uint32_t now) { return call(operation::kind::sweep, when, now, true); }

inline operation of_token(std::uint32_t token, operation what)
{
    what.token = token;
    return what;
}

}  // namespace tokend::testing::calls
