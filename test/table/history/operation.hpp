#pragma once

#include <cstdint>

namespace tokend::testing {

using moment = std::uint64_t;  // of the order that stamp.hpp makes
inline constexpr moment never = ~moment{0};

// One call of the table as the thread that made it wrote it down. Tokens have numbers; seconds are those of the test's
// clock.
struct operation
{
    enum class kind : std::uint8_t
    {
        insert,
        find,
        touch,
        erase,
        sweep  // a whole lap; of no token
    };

    moment begin = 0;
    moment end = 0;
    std::uint32_t token = 0;
    std::uint32_t now = 0;
    std::uint32_t expires = 0;    // insert and touch: asked for; a hit: found
    std::uint32_t issued = 0;     // insert: asked for; a hit: found; the same with
    std::uint16_t principal = 0;  // its number
    kind what = kind::find;
    bool done = false;  // insert: not full; find: a hit; touch and erase: true
};

inline bool removes(operation const& call)  // tokens that have expired, beside what it is asked for
{
    using enum operation::kind;
    return call.what == insert || call.what == sweep;
}

}  // namespace tokend::testing
