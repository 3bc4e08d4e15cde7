#pragma once

#include <algorithm>
#include <array>
#include <string_view>

// The names of the contestants in the figures.
namespace tokend::bench::names {

inline constexpr auto slots = "slots";
inline constexpr auto table = "table";
inline constexpr auto tbb = "tbb";
inline constexpr auto libcuckoo = "libcuckoo";
inline constexpr auto boost = "boost x 64";
inline constexpr auto chase = "chase";

inline constexpr std::array<std::string_view, 3> libraries{tbb, libcuckoo, boost};

inline bool is_ours(std::string_view name) { return name == slots || name == table; }

}  // namespace tokend::bench::names
