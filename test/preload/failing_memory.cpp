// Preloaded (LD_PRELOAD), this library makes one allocation of a process fail. The file that FAIL_MEMORY names holds a
// memory_fault, through which a test says which one.
#include "preload/failing_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace {

using tokend::test::memory_fault;

memory_fault* fault = nullptr;

[[gnu::constructor]] void open_fault()
{
    char const* const file = std::getenv("FAIL_MEMORY");
    int const descriptor = file == nullptr ? -1 : ::open(file, O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return;
    void* const shared = ::mmap(nullptr, sizeof(memory_fault), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    if (shared != MAP_FAILED)
        fault = static_cast<memory_fault*>(shared);
}

bool is_meant(memory_fault const& f) noexcept
{
    char name[16] = {};
    ::prctl(PR_GET_NAME, name);
    return std::strncmp(name, f.thread, static_cast<std::size_t>(f.thread_bytes.load(std::memory_order_acquire))) == 0;
}

bool fails() noexcept
{
    if (fault == nullptr || fault->left.load(std::memory_order_acquire) <= 0 || !is_meant(*fault) ||
        fault->left.fetch_sub(1, std::memory_order_acq_rel) != 1)
        return false;
    errno = ENOMEM;
    return true;
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t n, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept { return fails() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t n, std::size_t size) noexcept { return fails() ? nullptr : __libc_calloc(n, size); }
void* realloc(void* old, std::size_t size) noexcept { return fails() ? nullptr : __libc_realloc(old, size); }
void* memalign(std::size_t alignment, std::size_t size) noexcept
{
    return fails() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept
{
    *out = memalign(alignment, size);
    return *out == nullptr ? ENOMEM : 0;
}

}  // extern "C"
