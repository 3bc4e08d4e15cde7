#pragma once

#include "table/exploration/program.hpp"

// The scenes of most programs.
namespace tokend::exploration {

inline constexpr scene one_key{.keys = 1};
inline constexpr scene full_line{.pairs = 2, .keys = 2};
inline constexpr scene passed_line{.pairs = 2, .keys = 3};  // 3 has passed the first
inline constexpr scene with_records{.keys = 1, .words = true};
inline constexpr scene with_replacement{.keys = 1, .words = true, .lists = true};
inline constexpr scene without_spare_slot{.keys = 4, .credits = true};
inline constexpr scene with_mark{.mark = scene::kept};
inline constexpr scene without_mark{.mark = scene::unkept};

}  // namespace tokend::exploration
