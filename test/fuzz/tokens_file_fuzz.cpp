#include "fuzz/tokens_file.hpp"

// For libFuzzer; see test/fuzz/run.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    tokend::test::open_tokens_file({data, size});
    return 0;
}
