#include "app/tokend/reload.hpp"

#include "app/tokend/config/load.hpp"
#include "app/tokend/config/rules.hpp"

#include <exception>
#include <utility>

namespace tokend {

std::variant<prepared, refused_lines> prepare_reload(configuration_source const& read, configuration const& running,
                                                     fronts const& offered, std::shared_ptr<ticket_keys> const& tickets,
                                                     blocking_pool& pool, reaper& unused, lockouts& failures,
                                                     token_shares& shares, logger& log)
try
{
    prepared p{.config = read(), .next = {}, .offered = {}, .certificates = file_changes{}};
    refused_lines refused;
    for (auto const& change : refused_changes(running, p.config))
        refused.push_back(change.where + ": " + change.what);
    if (!refused.empty())
        return refused;
    p.certificates = file_changes{certificate_files(p.config)};
    p.offered = make_fronts(p.config, offered, tickets, log);
    p.next = make_setup(p.config, pool, unused, failures, shares, log);
    return p;
}
catch (config_errors const& e)
{
    return e.lines();
}
catch (std::exception const& e)
{
    return refused_lines{e.what()};
}

}  // namespace tokend
