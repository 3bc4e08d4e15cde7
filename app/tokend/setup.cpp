#include "app/tokend/setup.hpp"

#include "app/tokend/config/operators.hpp"

#include <utility>

namespace tokend {

std::vector<organisation_options> organisations_of(configuration const& config)
{
    std::vector<organisation_options> all;
    for (auto const& o : config.organisations)
        all.emplace_back(o).limits.max_tokens = config.max_tokens_of(o).of(config.tokens.capacity);
    return all;
}

std::shared_ptr<setup const> make_setup(configuration const& config, blocking_pool& pool, reaper& unused,
                                        lockouts& failures, token_shares& shares, logger& log)
{
    auto organisations = organisations_of(config);
    for (auto& o : organisations)
        o.limits.share = &shares.of(o.name);
    authenticator judges{start_backends(config, pool, unused, log), organisations, config.login, failures, pool};
    return std::make_shared<setup const>(
        setup{config.http, std::move(judges), make_operators(config), config.server.network_rate});
}

}  // namespace tokend
