#include "app/tokend/listeners.hpp"

#include "app/tokend/config/certificates.hpp"
#include "base/journald_sink.hpp"
#include "web/methods/routes.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace tokend {
namespace {

// The descriptors that all listeners together may use.
struct share_of_descriptors
{
    std::size_t connections;
    std::size_t turned_away;  // by each listener
};

// Raises the limit on open files as far as the system allows. What files and plugins need is never lent to clients.
share_of_descriptors descriptors_for(std::size_t listeners)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    constexpr rlim_t for_files = 64;
    auto const left = limit.rlim_cur >= 2 * for_files ? limit.rlim_cur - for_files : limit.rlim_cur / 4;
    auto const turned_away = std::clamp<rlim_t>(left / (8 * listeners), 1, listener::most_turned_away);
    auto const connections = left > turned_away * listeners ? left - turned_away * listeners : 1;
    return {connections, turned_away};
}

front_tls make_front_tls(configuration const& config, listener_options const& options,
                         std::shared_ptr<ticket_keys> const& tickets)
{
    auto context = options.tls.enabled() ? make_tls_context(config, options, tickets) : nullptr;
    return {std::move(context), options.max_handshakes, options.handshake_timeout};
}

std::size_t wanted_connections(configuration const& config, listener_options const& options) noexcept
{
    return options.max_connections != 0 ? options.max_connections : config.server.max_connections;
}

// Without memory the line is left out.
void announce(listener const& l, logger& log) noexcept
try
{
    auto const address = text_of(l.bound_to());
    log.info("listening", {{"listener", l.name()}, {"address", address}});
    if (!standard_error_is_journal())  // there it would be the same line again
        std::printf("listening %s %s\n", l.name().c_str(), address.c_str());
}
catch (std::bad_alloc const&)
{}

void announce_end(listener const& l, logger& log) noexcept
try
{
    log.info("no longer listening", {{"listener", l.name()}, {"address", text_of(l.bound_to())}});
}
catch (std::bad_alloc const&)
{}

}  // namespace

fronts make_fronts(configuration const& config, fronts const& running, std::shared_ptr<ticket_keys> const& tickets,
                   logger& log)
{
    std::size_t wanted = 0;
    for (auto const& options : config.listeners)
        wanted += wanted_connections(config, options);
    auto const [possible, turned_away] = descriptors_for(config.listeners.size());
    if (possible < wanted)
        log.warning("fewer connections than max-connections, because of the limit on open files",
                    {{"connections", static_cast<std::int64_t>(possible)}});
    fronts made;
    for (auto const& options : config.listeners)
    {
        auto cap = wanted_connections(config, options);
        if (possible < wanted)  // the share of this listener
            cap = std::max<std::size_t>(1, cap * possible / wanted);
        front next{.name = options.name,
                   .routes = routes_of(options.serve),
                   .max_connections = cap,
                   .max_turned_away = turned_away,
                   .proxies = options.proxies,
                   .tls = make_front_tls(config, options, tickets),
                   .rate = options.rate,
                   .network_connections = config.server.network_connections,
                   .asks_processes = options.serves(service::admin)};
        for (auto const& before : running)
            if (before->name == next.name)
            {
                next.connections = before->connections;
                next.handshakes = before->handshakes;
                next.meter = before->meter;
            }
        made.push_back(std::make_shared<front const>(std::move(next)));
    }
    return made;
}

std::vector<std::filesystem::path> certificate_files(configuration const& config)
{
    std::vector<std::filesystem::path> all;
    for (auto const& listener : config.listeners)
        for (auto& file : certificate_files(listener.tls))
            all.push_back(std::move(file));
    return all;
}

std::vector<std::shared_ptr<tls_context const>> tls_contexts(fronts const& of)
{
    std::vector<std::shared_ptr<tls_context const>> all;
    for (auto const& at : of)
        if (at->tls.context)
            all.push_back(at->tls.context);
    return all;
}

void listeners::use(configuration const& config, fronts made)
{
    std::vector<bound_address> next;
    std::size_t addresses = 0;
    for (auto const& options : config.listeners)
        addresses += options.addresses.size();
    next.reserve(addresses);
    std::vector<std::pair<std::size_t, std::size_t>> kept;  // indices into bound_ and `made`
    for (std::size_t i = 0; i < config.listeners.size(); ++i)
        for (auto const& address : config.listeners[i].addresses)
        {
            auto const same = std::find_if(bound_.begin(), bound_.end(),
                                           [&](bound_address const& b) { return b.address == address; });
            if (same == bound_.end())
            {
                next.push_back(bind(config, config.listeners[i], address, made[i]));
                continue;
            }
            for (auto const& socket : same->sockets)
                socket->protect(config.listeners[i]);
            kept.emplace_back(same - bound_.begin(), i);
        }
    // From here on nothing fails.
    for (auto const& [old, number] : kept)
    {
        for (auto const& socket : bound_[old].sockets)
            socket->use(made[number]);
        next.push_back(std::move(bound_[old]));
    }
    for (auto const& gone : bound_)
        for (auto const& socket : gone.sockets)
        {
            socket->close();
            announce_end(*socket, log_);
        }
    bound_ = std::move(next);
    drain_unlike(made);
    fronts_ = std::move(made);
}

listeners::bound_address listeners::bind(configuration const& config, listener_options const& options,
                                         listening_address const& address, std::shared_ptr<front const> at)
try
{
    return {address, listen_on(loop_, options, address, inherited_, std::move(at), workers_, log_)};
}
catch (std::system_error const& e)
{
    auto const line = config.sources.find("listen." + options.name + ".address");
    if (line == config.sources.end())
        throw;
    std::string_view what = e.what();  // the constructor below adds the reason
    what.remove_suffix(std::min(what.size(), 2 + e.code().message().size()));
    throw std::system_error{e.code(), line->second + ": " + std::string{what}};
}

void listeners::drain_unlike(fronts const& next)
{
    for (auto const& before : fronts_)
    {
        auto const continues = [&](std::shared_ptr<front const> const& after) {
            return after->name == before->name && after->routes.data() == before->routes.data() &&
                   after->proxies == before->proxies;
        };
        if (std::none_of(next.begin(), next.end(), continues))
            for (auto const& w : workers_)
                w->drain(before);
    }
}

void listeners::start()
{
    for (auto& b : bound_)
        if (!std::exchange(b.accepts, true))
            for (auto const& socket : b.sockets)
            {
                socket->start();
                announce(*socket, log_);
            }
    std::fflush(stdout);
}

std::vector<listeners::bound> listeners::addresses() const
{
    std::vector<bound> all;
    for (auto const& b : bound_)
        for (auto const& socket : b.sockets)
            all.push_back({std::string{socket->name()}, text_of(socket->bound_to())});
    return all;
}

std::string listeners::text() const
{
    std::string all;
    for (auto const& [listener, address] : addresses())
        all.append(all.empty() ? "" : " ").append(listener).append(" ").append(address);
    return all;
}

void listeners::close()
{
    for (auto const& b : bound_)
        for (auto const& socket : b.sockets)
            socket->close();
}

void listeners::leave()
{
    for (auto const& b : bound_)
        for (auto const& socket : b.sockets)
            socket->leave();
}

std::vector<inherited_sockets::named_socket> listeners::passed_on() const
{
    std::vector<inherited_sockets::named_socket> all;
    for (auto const& b : bound_)
    {
        auto const* const inherited = std::get_if<inherited_socket>(&b.address.kind());
        for (auto const& socket : b.sockets)
            all.push_back({inherited != nullptr ? inherited->name : b.address.text(), socket->native_handle()});
    }
    return all;
}

}  // namespace tokend
