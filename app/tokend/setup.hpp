#pragma once

#include "app/tokend/backends.hpp"
#include "web/setup.hpp"

#include <memory>
#include <vector>

namespace tokend {

std::vector<organisation_options> organisations_of(configuration const& config);

// Makes one immutable whole of a configuration and the backends that it names, which are started. Throws, and REQUIRES,
// as start_backends() does.
std::shared_ptr<setup const> make_setup(configuration const& config, blocking_pool& pool, reaper& unused,
                                        lockouts& failures, logger& log);

}  // namespace tokend
