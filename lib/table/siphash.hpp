#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace tokend {

// SipHash-2-4 (Aumasson and Bernstein, 2012): without the key nobody can choose inputs that collide.
std::uint64_t siphash(std::array<std::uint64_t, 2> const& key, std::span<char const> bytes) noexcept;

}  // namespace tokend
