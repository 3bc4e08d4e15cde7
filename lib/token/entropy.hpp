#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace tokend {

// Random bytes of the kernel, getrandom(2), drawn in blocks so that a token costs no system call. One thread's own. Not for use
// across fork(): both sides would hold the same bytes (the daemon does not fork).
class entropy
{
public:
    entropy() = default;
    ~entropy();
    entropy(entropy const&) = delete;
    entropy& operator=(entropy const&) = delete;

    // False, and `out` of no use: the kernel gives none. Bytes are wiped as they are handed out.
    [[nodiscard]] bool draw(std::span<unsigned char> out) noexcept;

private:
    std::array<unsigned char, 4096> block_;
    std::size_t used_ = 4096;
};

}  // namespace tokend
