#include "ldap/turns.hpp"

#include "ldap/run_queue.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

#include <memory>

namespace tokend::test {
namespace {

using std::chrono::nanoseconds;

thread_local turns* watching = nullptr;
thread_local std::unique_ptr<plugin::ldap::run_queue> queue;

nanoseconds read_clock(clockid_t id)
{
    timespec t{};
    ::clock_gettime(id, &t);
    return std::chrono::seconds{t.tv_sec} + nanoseconds{t.tv_nsec};
}

nanoseconds core_time() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
nanoseconds idle_time() { return read_clock(CLOCK_MONOTONIC) - core_time() - queue->waited(); }

long sleeps()
{
    rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

}  // namespace

void turns::watch()
{
    queue = std::make_unique<plugin::ldap::run_queue>();
    watching = this;
    begin();
}

void turns::begin()
{
    sleeps_ = sleeps();
    idle_ = idle_time();
    computed_ = core_time();
}

void turns::end()
{
    auto held = core_time() - computed_;
    if (sleeps() != sleeps_)
        held += idle_time() - idle_;
    if (held.count() > longest_)
        longest_ = held.count();
}

}  // namespace tokend::test

extern "C" int __real_epoll_wait(int, epoll_event*, int, int);

extern "C" int __wrap_epoll_wait(int poll, epoll_event* events, int most, int timeout)
{
    auto* const watched = tokend::test::watching;
    if (watched != nullptr)
        watched->end();
    int const got = __real_epoll_wait(poll, events, most, timeout);
    if (watched != nullptr)
        watched->begin();
    return got;
}
