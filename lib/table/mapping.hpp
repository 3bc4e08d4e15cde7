#pragma once

#include <cstddef>
#include <span>

namespace tokend {

// Anonymous memory, zero, aligned to a page; taken from the system only as it is touched. Huge pages are asked for: the table
// jumps around in it.
class mapping
{
public:
    explicit mapping(std::size_t bytes);  // throws std::system_error
    ~mapping();
    mapping(mapping const&) = delete;
    mapping& operator=(mapping const&) = delete;

    std::byte* data() const noexcept { return static_cast<std::byte*>(memory_); }
    std::size_t size() const noexcept { return bytes_; }

    // REQUIRES: zero bytes are a value of T, and T needs no destructor.
    template <class T>
    std::span<T> as() const noexcept
    {
        return {reinterpret_cast<T*>(memory_), bytes_ / sizeof(T)};
    }

private:
    std::size_t bytes_;
    void* memory_;
};

}  // namespace tokend
