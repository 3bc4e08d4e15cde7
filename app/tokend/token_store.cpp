#include "app/tokend/token_store.hpp"

#include "base/principal.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace tokend {
namespace {

// Converts a principal in the format of tokend 0.1.0.
std::optional<version_2::upgraded_record> upgrade_record(std::span<char const> record)
{
    auto const who = decode_v1(record);
    return who ? std::optional{version_2::upgraded_record{who->encoded, std::string{who->client_address}}}
               : std::nullopt;
}

}  // namespace

table_options table_options_of(configuration const& config)
{
    return {.capacity = config.tokens.capacity, .record_bytes = config.tokens.effective_principal_room()};
}

std::unique_ptr<tokens_file> open_tokens_file(configuration const& config, table& kept, clock& now, identify owner_of,
                                              logger& log)
{
    if (config.tokens.file.empty())
        return nullptr;
    auto opened = std::make_unique<tokens_file>(
        kept, table_options_of(config), now, std::move(owner_of), upgrade_record, log,
        tokens_file_options{.path = config.tokens.file, .sync_interval = config.tokens.sync_interval});
    auto const& found = opened->restored();
    log.info("tokens file", {{"file", config.tokens.file.string()},
                             {"live", static_cast<std::int64_t>(found.live)},
                             {"expired", static_cast<std::int64_t>(found.expired)},
                             {"damaged", static_cast<std::int64_t>(found.damaged)}});
    return opened;
}

}  // namespace tokend
