#include "table/mapping.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace tokend {

mapping::mapping(std::size_t bytes)
    : bytes_{bytes},
      memory_{::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)}
{
    if (memory_ == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(),
                                "cannot map " + std::to_string(bytes) + " bytes of memory");
    ::madvise(memory_, bytes_, MADV_HUGEPAGE);  // a hint: without huge pages everything works, but slower
}

mapping::~mapping() { ::munmap(memory_, bytes_); }

}  // namespace tokend
