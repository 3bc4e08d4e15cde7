// Lets an exception out of authenticate(), which no plugin that uses plugin.hpp can do.
#include "tokend/plugin.h"

#include <stdexcept>

namespace {

void authenticate(void*, tokend_question const*, tokend_ticket) { throw std::runtime_error{"caught by nobody"}; }

constexpr tokend_plugin_descriptor describe() noexcept
{
    tokend_plugin_descriptor d{};
    d.abi_major = TOKEND_ABI_MAJOR;
    d.abi_minor = TOKEND_ABI_MINOR;
    d.size = sizeof d;
    d.name = "throws_at_host";
    d.version = "1.0";
    d.kinds = TOKEND_KIND_PASSWORD;
    d.create = [](tokend_option_value const*, std::size_t, tokend_host const*, char*, std::size_t) -> void* {
        return new int{0};
    };
    d.start = [](void*, char*, std::size_t) { return 0; };
    d.authenticate = authenticate;
    d.stop = [](void*) {};
    d.destroy = [](void* instance) { delete static_cast<int*>(instance); };
    return d;
}

}  // namespace

extern "C" const tokend_plugin_descriptor tokend_plugin = describe();
