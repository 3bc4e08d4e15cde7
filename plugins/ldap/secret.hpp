#pragma once

#include <string.h>

#include <memory>
#include <string_view>
#include <vector>

namespace tokend::plugin::ldap {

// Wipes memory before it frees it, so that a buffer that grows leaves no copy behind.
template <class T>
struct wiping_allocator
{
    using value_type = T;
    wiping_allocator() = default;
    template <class U>
    wiping_allocator(wiping_allocator<U> const&) noexcept
    {}
    T* allocate(std::size_t n) { return std::allocator<T>{}.allocate(n); }
    void deallocate(T* p, std::size_t n) noexcept
    {
        ::explicit_bzero(p, n * sizeof(T));
        std::allocator<T>{}.deallocate(p, n);
    }
    bool operator==(wiping_allocator const&) const noexcept { return true; }
};

// Bytes that do not remain in freed memory: passwords, and the messages that carry them.
using secret_bytes = std::vector<char, wiping_allocator<char>>;

inline secret_bytes make_secret(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string_view reveal(secret_bytes const& secret) noexcept { return {secret.data(), secret.size()}; }

}  // namespace tokend::plugin::ldap
