#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace tokend {

// Random bytes from the kernel, by getrandom(2). They are drawn in blocks, so that a token costs no system call. Not
// thread-safe. Not for use across fork(), because both processes would hold the same bytes; the daemon does not fork.
class entropy
{
public:
    entropy() = default;
    ~entropy();
    entropy(entropy const&) = delete;
    entropy& operator=(entropy const&) = delete;

    // Returns false, with `out` unspecified, if the kernel provides no bytes. Wipes the bytes that it hands out.
    [[nodiscard]] bool draw(std::span<unsigned char> out) noexcept;

private:
    std::array<unsigned char, 4096> block_;
    std::size_t used_ = 4096;
};

}  // namespace tokend
