#include "support/failing_memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tokend::test {

failing_memory::failing_memory(std::filesystem::path const& file) : file_{file}
{
    descriptor const shared{::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), file.native()};
    void* at = MAP_FAILED;
    if (::ftruncate(shared.get(), sizeof(memory_fault)) == 0)
        at = ::mmap(nullptr, sizeof(memory_fault), PROT_READ | PROT_WRITE, MAP_SHARED, shared.get(), 0);
    if (at == MAP_FAILED)
        throw std::system_error{errno, std::generic_category(), file.native()};
    fault_ = new (at) memory_fault;
}

failing_memory::~failing_memory() { ::munmap(fault_, sizeof(memory_fault)); }

std::vector<std::string> failing_memory::environment() const
{
    return {std::string{"LD_PRELOAD="} + TEST_FAILING_MEMORY, "FAIL_MEMORY=" + file_.string()};
}

void failing_memory::fail(long n, std::string_view threads)
{
    end();
    auto const size = threads.copy(fault_->thread, sizeof fault_->thread);
    fault_->thread_bytes.store(static_cast<int>(size), std::memory_order_release);
    fault_->left.store(n, std::memory_order_release);
}

bool failing_memory::has_failed() const { return fault_->left.load(std::memory_order_acquire) <= 0; }

bool failing_memory::end() { return fault_->left.exchange(0, std::memory_order_acq_rel) <= 0; }

}  // namespace tokend::test
