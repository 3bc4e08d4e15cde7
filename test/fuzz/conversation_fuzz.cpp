#include "fuzz/conversation.hpp"

#include <cstddef>
#include <cstdint>

// For libFuzzer; see test/fuzz/run.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    tokend::test::converse({reinterpret_cast<char const*>(data), size}, 1);
    return 0;
}
