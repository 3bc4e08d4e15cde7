#pragma once

#include <cstdint>

// Counts heap allocations and system calls on sockets of the whole process except its clients. Linking
// counted_calls.cpp replaces malloc and recv of the C library.
namespace tokend::test {

struct call_counts
{
    std::uint64_t allocations =
        0;  // malloc, calloc, realloc, aligned_alloc, posix_memalign, memalign; so coroutine frames too
    std::uint64_t receives = 0;  // recv, recvfrom, recvmsg, read, readv; those that find nothing included
    std::uint64_t sends = 0;     // send, sendto, sendmsg, write, writev

    friend call_counts operator-(call_counts const& a, call_counts const& b) noexcept
    {
        return {a.allocations - b.allocations, a.receives - b.receives, a.sends - b.sends};
    }
};

call_counts calls_so_far() noexcept;

// From here on this thread is a client: what it does is not counted.
void be_a_client() noexcept;

}  // namespace tokend::test
