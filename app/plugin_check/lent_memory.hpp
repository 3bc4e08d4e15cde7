#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "tokend/plugin.h"

namespace tokend {

// Memory that a plugin may use for a while. A use after take_back(), and one past the end of the last object, crashes,
// and the report names the rule. The pages stay mapped until the process ends, so that no later use goes unnoticed.
class lent_memory
{
public:
    // `size` bytes in all, for copies of texts and one object at the end. `rule` is a literal. Throws std::bad_alloc.
    lent_memory(std::size_t size, std::string_view rule_of_time, std::string_view rule_of_size);
    lent_memory(lent_memory const&) = delete;

    tokend_string copy(std::string_view text);  // NUL-terminated too
    // The last object: it ends where the memory ends.
    void* last(std::size_t size) noexcept { return end_ - size; }
    void take_back() noexcept;

private:
    char* begin_;
    char* next_;
    char* end_;
    std::string_view rule_of_time_;
};

}  // namespace tokend
