// Throws in authenticate(), each user name in a manner of its own.
#include "tokend/plugin.hpp"

#include <new>
#include <stdexcept>

namespace {

class throwing
{
public:
    throwing(tokend::plugin::options const&, tokend::plugin::host to) : host_{to} {}
    void authenticate(tokend::plugin::question const& q, tokend_ticket ticket) const
    {
        if (q.name == "standard")
            throw std::runtime_error{"a plugin's trouble"};
        if (q.name == "memory")
            throw std::bad_alloc{};
        if (q.name == "after-its-answer")
            host_.refuse(ticket, TOKEND_BAD_SECRET, "denied");
        throw 42;
    }

private:
    tokend::plugin::host host_;
};

}  // namespace

TOKEND_PLUGIN(throwing, {.name = "throws", .version = "1.0", .kinds = tokend::plugin::kind::password})
