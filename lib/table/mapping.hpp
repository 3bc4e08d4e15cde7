#pragma once

#include <cstddef>
#include <span>

namespace tokend {

// Anonymous memory, zero at first and aligned to a page. The system provides it only as it is touched. Asks for huge
// pages, because the table's accesses are all over it.
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
