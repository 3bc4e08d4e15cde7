#include "app/tokend/setup.hpp"

#include <utility>

namespace tokend {

std::vector<organisation_options> organisations_of(configuration const& config)
{
    return {config.organisations.begin(), config.organisations.end()};
}

std::shared_ptr<setup const> make_setup(configuration const& config, blocking_pool& pool, reaper& unused,
                                        lockouts& failures, logger& log)
{
    authenticator judges{start_backends(config, pool, unused, log), organisations_of(config), config.login, failures,
                         pool};
    return std::make_shared<setup const>(setup{config.http, std::move(judges), config.server.network_rate});
}

}  // namespace tokend
