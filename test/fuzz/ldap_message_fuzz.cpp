#include "fuzz/ldap_message.hpp"

#include <cstddef>
#include <cstdint>

// For libFuzzer; see test/fuzz/run.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    tokend::test::read_ldap_messages({reinterpret_cast<char const*>(data), size});
    return 0;
}
