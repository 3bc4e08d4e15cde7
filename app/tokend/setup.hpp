#pragma once

#include "app/tokend/backends.hpp"
#include "base/token_shares.hpp"
#include "web/setup.hpp"

#include <memory>
#include <vector>

namespace tokend {

// The organisations, with the limits in numbers, but nothing that counts their tokens.
std::vector<organisation_options> organisations_of(configuration const& config);

// Makes one immutable whole of a configuration and the backends that it names, which are started. Throws, and REQUIRES,
// as start_backends() does; `shares` outlives the setup.
std::shared_ptr<setup const> make_setup(configuration const& config, blocking_pool& pool, reaper& unused,
                                        lockouts& failures, token_shares& shares, logger& log);

}  // namespace tokend
