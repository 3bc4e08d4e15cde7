#include "app/tokend/config/configuration.hpp"

namespace tokend {

configuration::configuration() : listeners{default_listener()} { http.legacy_prefixes = {"/crmapi/rest/v2"}; }

listener_options configuration::default_listener()
{
    return {.name = "public", .addresses = {listening_address::parse("127.0.0.1:8080").value()}};
}

log_options log_settings::options(bool on_terminal) const noexcept
{
    bool const text = style == log_style::text || (style == log_style::automatic && on_terminal);
    return {.level = level, .format = text ? log_format::text : log_format::json};
}

}  // namespace tokend
