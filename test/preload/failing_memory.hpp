#pragma once

#include <atomic>

// What failing_memory.cpp, in the process that it is preloaded into, and a test share.
namespace tokend::test {

struct memory_fault
{
    std::atomic<long> left = 0;         // allocations until one fails; 0 or less: none fails
    std::atomic<int> thread_bytes = 0;  // of the name below
    char thread[16] = {};               // only threads whose names begin so; empty: all
};

}  // namespace tokend::test
