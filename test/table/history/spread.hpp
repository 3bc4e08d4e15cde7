#pragma once

#include <sched.h>

namespace tokend::testing {

// Keeps the calling thread on one of the processors that it may use, by number, round and round. Without it the threads
// of a short test may all stay on the processor of the thread that made them, and hardly ever meet.
inline void keep_on_processor(unsigned number)
{
    cpu_set_t usable;
    if (sched_getaffinity(0, sizeof usable, &usable) != 0)
        return;
    auto left = number % static_cast<unsigned>(CPU_COUNT(&usable));
    for (unsigned i = 0; i < CPU_SETSIZE; ++i)
        if (CPU_ISSET(i, &usable) && left-- == 0)
        {
            cpu_set_t chosen;
            CPU_ZERO(&chosen);
            CPU_SET(i, &chosen);
            sched_setaffinity(0, sizeof chosen, &chosen);
            return;
        }
}

}  // namespace tokend::testing
