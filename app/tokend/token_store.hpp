#pragma once

#include "app/tokend/config/configuration.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "table/table.hpp"
#include "tablefile/tokens_file.hpp"

#include <memory>

// The token table and the tokens file that a configuration asks for.
namespace tokend {

table_options table_options_of(configuration const& config);

// Restores the tokens of the file into the table, and logs how many. Returns null if no file is configured. Throws
// std::runtime_error for a file that cannot be used. REQUIRES: `table`, `now` and `log` outlive the file.
std::unique_ptr<tokens_file> open_tokens_file(configuration const& config, table& kept, clock& now, identify owner_of,
                                              logger& log);

}  // namespace tokend
