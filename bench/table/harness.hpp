#pragma once

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace tokend::bench {

using steady = std::chrono::steady_clock;

inline constexpr unsigned most_threads = 2;
inline thread_local unsigned thread_number = 0;  // within a measurement

// Binds the calling thread, and the threads that it starts later, to a core.
inline void pin(unsigned core)
{
    ::cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core % std::max(1U, std::thread::hardware_concurrency()), &cores);
    ::sched_setaffinity(0, sizeof cores, &cores);
}

inline double cpu_seconds()  // of the calling thread
{
    ::timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// The work of one thread.
struct tally
{
    std::uint64_t operations = 0;
    std::uint64_t wrong = 0;   // wrong answers
    std::uint64_t values = 0;  // a sum over all values read, so that the compiler omits no read

    void expect(bool holds) noexcept
    {
        ++operations;
        wrong += !holds;
    }
};

struct outcome
{
    tally all;
    double seconds = 0;      // from the first thread's start to the last thread's end
    double cpu_seconds = 0;  // of all threads

    double millions_per_second() const noexcept { return static_cast<double>(all.operations) / seconds / 1e6; }
};

// Runs work(number), which returns a tally, on threads 0, 1, ..., each on the core of its number, all started at once.
template <class Work>
outcome together(unsigned threads, Work const& work)
{
    struct lap
    {
        tally did;
        steady::time_point began, ended;
        double cpu_seconds = 0;
    };
    std::vector<lap> laps(threads);
    std::barrier start{threads};
    auto const run = [&](unsigned number) {
        thread_number = number;
        pin(number);
        start.arrive_and_wait();
        auto const cpu = cpu_seconds();
        auto const began = steady::now();
        auto const did = work(number);
        laps[number] = {did, began, steady::now(), cpu_seconds() - cpu};
    };
    {
        std::vector<std::jthread> running;
        for (unsigned number = 0; number < threads; ++number)
            running.emplace_back(run, number);
    }
    outcome sum;
    auto began = laps[0].began, ended = laps[0].ended;
    for (auto const& l : laps)
    {
        sum.all.operations += l.did.operations;
        sum.all.wrong += l.did.wrong;
        sum.all.values += l.did.values;
        sum.cpu_seconds += l.cpu_seconds;
        began = std::min(began, l.began);
        ended = std::max(ended, l.ended);
    }
    sum.seconds = std::chrono::duration<double>(ended - began).count();
    return sum;
}

// Calls block(tally) repeatedly until the time is up. REQUIRES: a block takes much longer than a look at the clock.
template <class Block>
tally for_a_while(std::chrono::nanoseconds span, Block&& block)
{
    tally done;
    auto const end = steady::now() + span;
    do
        block(done);
    while (steady::now() < end);
    return done;
}

}  // namespace tokend::bench
