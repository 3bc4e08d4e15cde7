#pragma once

#include <pthread.h>
#include <sched.h>

#include <cassert>
#include <cstring>

namespace tokend {

// Names the calling thread, as `ps -L`, `top -H` and /proc/PID/task/TID/comm show it. The system keeps at most 15
// characters and refuses longer names. REQUIRES: at most 15 characters. Thread-safe.
inline void name_this_thread(char const* name) noexcept
{
    assert(std::strlen(name) <= 15);
    ::pthread_setname_np(::pthread_self(), name);
}

// When the calling thread wakes up, the thread that runs on its core goes on. On a core that idles it runs at once. See
// SCHED_BATCH in sched(7).
inline void do_not_preempt() noexcept
{
    sched_param const none{};
    ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &none);
}

}  // namespace tokend
