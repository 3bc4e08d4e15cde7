#include "web/description/api_description.hpp"
#include "web/message/reply.hpp"
#include "web/methods/methods.hpp"

namespace tokend {

answered show_description(request_view const&, request_context&, reply& out)
{
    return out.json(200, api_description());
}

}  // namespace tokend
