#pragma once

#include <pthread.h>
#include <sched.h>

#include <cassert>
#include <cstring>

namespace tokend {

// Names the calling thread; `ps -L`, `top -H` and /proc/PID/task/TID/comm show the name. Thread-safe. REQUIRES: at most
// 15 characters; the system refuses longer names.
inline void name_this_thread(char const* name) noexcept
{
    assert(std::strlen(name) <= 15);
    ::pthread_setname_np(::pthread_self(), name);
}

// From now on the calling thread does not interrupt a running thread when it wakes up. On an idle core it still runs at
// once. See SCHED_BATCH in sched(7).
inline void do_not_preempt() noexcept
{
    sched_param const none{};
    ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &none);
}

}  // namespace tokend
