#pragma once

#include "table/history/operation.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
#else
#include <atomic>
#endif

// The global order of a history: if one call's end is before another's begin, then all that the first did was visible
// before the second read anything. A stamp further out than need be only makes a call longer, which refutes less and
// never wrongly.
//
// On x86-64 it is the time stamp counter, one time for all processors (constant_tsc, nonstop_tsc; the kernel keeps time
// by it on the same condition, and a test case asks). At begin the counter is read before lfence, behind which no load
// is executed earlier. At end mfence empties the store buffer, so that plain stores are visible, and lfence keeps the
// counter's reading after it. So threads share no word, race as they would without a record, and are not put in order
// in the eyes of the thread sanitizer.
//
// Elsewhere it is a shared counter: sound by the memory model, as its read-modify-writes are one order and each sees
// the last, but it does slow the race down and orders the threads.
namespace tokend::testing {

#if defined(__x86_64__)

[[gnu::always_inline]] inline moment begin_of_call() noexcept
{
    auto const now = __rdtsc();
    _mm_lfence();
    return now;
}

[[gnu::always_inline]] inline moment end_of_call() noexcept
{
    _mm_mfence();
    _mm_lfence();
    return __rdtsc();
}

#else

inline std::atomic<moment> calls_stamped{0};
inline moment begin_of_call() noexcept { return calls_stamped.fetch_add(1); }
inline moment end_of_call() noexcept { return calls_stamped.fetch_add(1); }

#endif

}  // namespace tokend::testing
