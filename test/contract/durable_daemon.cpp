#include "contract/durable_daemon.hpp"

namespace tokend::test {

durable_daemons::durable_daemons(std::string const& capacity)
    : configuration_{folder_.write("tokend.conf",
                                   "[tokens]\nfile = tokens\ncapacity = " + capacity +
                                       "\nsync-interval = 100ms\n[log]\nlevel = warning\n"
                                       "[backend.all]\nplugin = gives_verdict\nverdict = 1\n"
                                       "[organisation.FIXED]\nbackends = all\nmax-tokens = 100%\nmax-sessions = none\n"
                                       "[organisation.SLIDING]\nbackends = all\nlifetime = 1m\n"
                                       "lifetime-policy = sliding\n"
                                       "[organisation.BRIEF]\nbackends = all\nlifetime = 1s\n")}
{}

daemon_options durable_daemons::options(std::vector<std::string> arguments) const
{
    return {.configuration = configuration_, .arguments = std::move(arguments), .plugins = fake_plugins()};
}

}  // namespace tokend::test
