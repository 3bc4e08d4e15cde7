#pragma once

#include <pthread.h>

namespace tokend {

// Names the calling thread, as `ps -L`, `top -H` and /proc/PID/task/TID/comm show it. The system keeps at most 15
// characters and refuses longer names. REQUIRES: at most 15 characters. Thread-safe.
inline void name_this_thread(char const* name) noexcept { ::pthread_setname_np(::pthread_self(), name); }

}  // namespace tokend
