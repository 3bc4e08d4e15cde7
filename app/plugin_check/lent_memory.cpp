#include "app/plugin_check/lent_memory.hpp"

#include "app/plugin_check/child.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cstdint>
#include <cstring>
#include <new>

namespace tokend {

lent_memory::lent_memory(std::size_t size, std::string_view rule_of_time, std::string_view rule_of_size)
    : rule_of_time_{rule_of_time}
{
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    auto const whole = (size / page + 1) * page;
    void* const mapped = ::mmap(nullptr, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED || ::mprotect(static_cast<char*>(mapped) + whole, page, PROT_NONE) != 0)
        throw std::bad_alloc{};
    begin_ = next_ = static_cast<char*>(mapped);
    end_ = begin_ + whole;
    forbid(end_, page, rule_of_size);
}

tokend_string lent_memory::copy(std::string_view text)
{
    assert(text.size() < static_cast<std::size_t>(end_ - next_));
    char* const at = next_;
    std::memcpy(at, text.data(), text.size());
    at[text.size()] = '\0';
    next_ += text.size() + 1;
    return {at, text.size()};
}

void lent_memory::take_back() noexcept
{
    auto const size = static_cast<std::size_t>(end_ - begin_);
    if (::mprotect(begin_, size, PROT_NONE) == 0)
        forbid(begin_, size, rule_of_time_);
}

}  // namespace tokend
