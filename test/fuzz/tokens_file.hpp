#pragma once

#include <cstdint>
#include <span>

namespace tokend::test {

// Makes a tokens file of whatever it is given, with and without good checksums, and opens it. Aborts if the table is not sound then.
void open_tokens_file(std::span<std::uint8_t const> input);

}  // namespace tokend::test
