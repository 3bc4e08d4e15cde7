#pragma once

#include <cstdint>
#include <span>

namespace tokend::test {

// Makes a tokens file of any input, with and without good checksums, and opens it. Throws std::logic_error if the
// restored table is not sound.
void open_tokens_file(std::span<std::uint8_t const> input);

}  // namespace tokend::test
