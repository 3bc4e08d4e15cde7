#include "web/counted_calls.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {

using counter = std::atomic<std::uint64_t>;

counter allocations;
counter receives;
counter sends;
thread_local bool is_client = false;

void count(counter& c) noexcept
{
    if (!is_client)
        c.fetch_add(1, std::memory_order_relaxed);
}

template <class... Arguments>
long call(counter& c, long number, Arguments... arguments) noexcept
{
    count(c);
    return ::syscall(number, arguments...);
}

}  // namespace

namespace tokend::test {

call_counts calls_so_far() noexcept
{
    auto const now = [](counter const& c) { return c.load(std::memory_order_relaxed); };
    return {now(allocations), now(receives), now(sends)};
}

void be_a_client() noexcept { is_client = true; }

}  // namespace tokend::test

// Replace the C library's functions. free() stays the library's.
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t n, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept
{
    count(allocations);
    return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) noexcept
{
    count(allocations);
    return __libc_calloc(n, size);
}
void* realloc(void* old, std::size_t size) noexcept
{
    count(allocations);
    return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept
{
    count(allocations);
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept
{
    *out = memalign(alignment, size);
    return *out == nullptr ? ENOMEM : 0;
}

ssize_t recv(int fd, void* to, std::size_t size, int flags)
{
    return call(receives, SYS_recvfrom, fd, to, size, flags, nullptr, nullptr);
}
ssize_t recvfrom(int fd, void* to, std::size_t size, int flags, sockaddr* from, socklen_t* from_size)
{
    return call(receives, SYS_recvfrom, fd, to, size, flags, from, from_size);
}
ssize_t recvmsg(int fd, msghdr* message, int flags) { return call(receives, SYS_recvmsg, fd, message, flags); }
ssize_t read(int fd, void* to, std::size_t size) { return call(receives, SYS_read, fd, to, size); }
ssize_t readv(int fd, iovec const* to, int n) { return call(receives, SYS_readv, fd, to, n); }

ssize_t send(int fd, void const* from, std::size_t size, int flags)
{
    return call(sends, SYS_sendto, fd, from, size, flags, nullptr, 0);
}
ssize_t sendto(int fd, void const* from, std::size_t size, int flags, sockaddr const* to, socklen_t to_size)
{
    return call(sends, SYS_sendto, fd, from, size, flags, to, to_size);
}
ssize_t sendmsg(int fd, msghdr const* message, int flags) { return call(sends, SYS_sendmsg, fd, message, flags); }
ssize_t write(int fd, void const* from, std::size_t size) { return call(sends, SYS_write, fd, from, size); }
ssize_t writev(int fd, iovec const* from, int n) { return call(sends, SYS_writev, fd, from, n); }

}  // extern "C"
