#include "app/tokend/config/configuration.hpp"

namespace tokend {

configuration::configuration() : listeners{default_listener()} { http.legacy_prefixes = {"/crmapi/rest/v2"}; }

listener_options configuration::default_listener()
{
    return {.name = "public", .addresses = {listening_address::parse("127.0.0.1:8080").value()}};
}

portion configuration::max_tokens_of(organisation_section const& o) const noexcept
{
    return o.max_tokens.value_or(portion{organisations.size() > 1 ? 50U : 100U, true});
}

log_options log_settings::options(log_format by_default) const noexcept
{
    switch (style)
    {
    case log_style::text:
        return {.level = level, .format = log_format::text};
    case log_style::json:
        return {.level = level, .format = log_format::json};
    case log_style::journal:
        return {.level = level, .format = log_format::journal};
    case log_style::automatic:
        break;
    }
    return {.level = level, .format = by_default};
}

}  // namespace tokend
