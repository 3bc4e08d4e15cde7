#include "app/tokend/daemon.hpp"

#include <mutex>
#include <string>
#include <vector>

// What the process is at the moment, for operators. Any worker may ask.
namespace tokend {
namespace {

process_status::listener status_of(front const& at, std::vector<listeners::bound> const& addresses)
{
    process_status::listener one{.name = at.name,
                                 .addresses = {},
                                 .has_tls = at.tls.context != nullptr,
                                 .connections = at.connections->load(std::memory_order_relaxed),
                                 .max_connections = at.max_connections};
    for (auto const& a : addresses)
        if (a.listener == at.name)
            one.addresses.push_back(a.address);
    if (at.tls.context)
        for (auto const& c : at.tls.context->certificates())
            one.certificates.push_back({c.file, c.validity});
    return one;
}

}  // namespace

process_status daemon::describe()
{
    std::unique_lock lock{shown_mutex_};
    auto const now = shown_;
    lock.unlock();
    process_status all{.started_at = start_time_,
                       .live_tokens = table_.size(),
                       .capacity = table_.capacity(),
                       .configured_at = now.configured_at,
                       .reload_was_good = now.reload_was_good};
    for (auto const& at : now.offered)
        all.listeners.push_back(status_of(*at, now.addresses));
    return all;
}

}  // namespace tokend
