#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

namespace tokend {

// True if only root may read the memory of this process, which holds passwords. False in debug builds, where people
// attach debuggers, and under sanitizers, because LeakSanitizer attaches one.
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
inline constexpr bool memory_is_private = true;
#else
inline constexpr bool memory_is_private = false;
#endif

inline void keep_memory_private() noexcept
{
    rlimit const no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    if (memory_is_private)
        ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace tokend
