// bench/ldap.sh preloads this into tokend. The tests' lag gauge then measures the loop of every backend of the LDAP
// plugin, and prints each turn that is too long. A loop's thread is recognised by the name that it gives itself.
#include "ldap/lag_gauge.hpp"

#include <dlfcn.h>
#include <pthread.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace {

void print(std::chrono::milliseconds held)
{
    std::fprintf(stderr, "a turn held the plugin's loop for %lld ms\n", static_cast<long long>(held.count()));
}

// For the calling thread. A gauge lives as long as the process, so that no thread outlives it.
void watch_once()
{
    static thread_local bool is_watched = false;
    if (std::exchange(is_watched, true))
        return;
    (new tokend::test::lag_gauge{print})->watch();
    std::fputs("the gauge measures a loop\n", stderr);
}

}  // namespace

extern "C" int pthread_setname_np(pthread_t thread, char const* name) noexcept
{
    static auto* const real =
        reinterpret_cast<decltype(&::pthread_setname_np)>(::dlsym(RTLD_NEXT, "pthread_setname_np"));
    if (::pthread_equal(thread, ::pthread_self()) != 0 && std::string_view{name}.starts_with("ldap:"))
        watch_once();
    return real(thread, name);
}
