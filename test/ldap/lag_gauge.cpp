#include "ldap/lag_gauge.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

namespace tokend::test {
namespace {

using namespace std::chrono;

thread_local lag_gauge* watching = nullptr;

nanoseconds read_clock(clockid_t id)
{
    timespec t{};
    ::clock_gettime(id, &t);
    return seconds{t.tv_sec} + nanoseconds{t.tv_nsec};
}

long sleeps()
{
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

}  // namespace

lag_gauge::~lag_gauge()
{
    if (schedstat_ >= 0)
        ::close(schedstat_);
}

void lag_gauge::watch()
{
    schedstat_ = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    watching = this;
    begin_turn();
}

void lag_gauge::begin_turn()
{
    if (read_clock(CLOCK_MONOTONIC) - since_.wall >= milliseconds{1})
        since_ = read();
    sleeps_ = sleeps();
}

void lag_gauge::end_turn()
{
    nanoseconds const longest{longest_.load(std::memory_order_relaxed)};
    if (read_clock(CLOCK_MONOTONIC) - since_.wall <= longest)
        return;
    auto const now = read();
    auto const held =
        sleeps() == sleeps_ ? now.on_core - since_.on_core : now.wall - since_.wall - (now.queued - since_.queued);
    if (held <= longest)
        return;
    longest_.store(held.count(), std::memory_order_relaxed);
    if (report_ && held >= limit)
        report_(duration_cast<milliseconds>(held));
}

lag_gauge::reading lag_gauge::read() const
{
    return {read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_THREAD_CPUTIME_ID), queued()};
}

// proc(5): the file holds the time on a core and the time waiting for one, both in nanoseconds, and a counter.
nanoseconds lag_gauge::queued() const
{
    char text[96] = "";
    long long on_core = 0;
    long long waited = 0;
    if (schedstat_ < 0 || ::pread(schedstat_, text, sizeof text - 1, 0) <= 0 ||
        std::sscanf(text, "%lld %lld", &on_core, &waited) != 2)
        return {};
    return nanoseconds{waited};
}

}  // namespace tokend::test

// Replaces the C library's function, in a program that links this file and in one that preloads it.
extern "C" int epoll_wait(int poll, epoll_event* events, int most, int timeout)
{
    static auto* const real = reinterpret_cast<decltype(&::epoll_wait)>(::dlsym(RTLD_NEXT, "epoll_wait"));
    auto* const gauge = tokend::test::watching;
    if (gauge != nullptr)
        gauge->end_turn();
    int const got = real(poll, events, most, timeout);
    if (gauge != nullptr)
        gauge->begin_turn();
    return got;
}
