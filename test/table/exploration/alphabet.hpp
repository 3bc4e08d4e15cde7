#pragma once

#include "table/exploration/program.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace tokend::exploration {

// All programs of so many threads, each of so many of these operations: "i5 i6 e1 f1". An insert comes once, and what
// is to be inserted is not asked for in a program that does not. Of those that differ in the order of their threads or
// in the names of inserted keys, one; but keys that share a half with others are not alike.
std::vector<program> all_programs(scene const& where, std::size_t threads, std::size_t operations,
                                  std::string_view letters);

}  // namespace tokend::exploration
