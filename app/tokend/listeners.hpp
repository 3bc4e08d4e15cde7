#pragma once

#include "app/tokend/config/configuration.hpp"
#include "base/inherited_sockets.hpp"
#include "base/log.hpp"
#include "tls/context.hpp"
#include "web/front.hpp"
#include "web/net/listener.hpp"
#include "web/net/worker.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tokend {

// What the listeners of a configuration offer, in its order.
using fronts = std::vector<std::shared_ptr<front const>>;

// Makes the front of every listener. `running` are those that it replaces, whose connections count on. All caps
// together stay within what the limit on open files leaves. Reads the certificates. Throws std::runtime_error for a
// listener that cannot work.
fronts make_fronts(configuration const& config, fronts const& running, std::shared_ptr<ticket_keys> const& tickets,
                   logger& log);

// The files of all certificates and keys.
std::vector<std::filesystem::path> certificate_files(configuration const& config);

// The TLS contexts of those that have one.
std::vector<std::shared_ptr<tls_context const>> tls_contexts(fronts const& of);

// The sockets on which tokend accepts. On the control thread.
class listeners
{
public:
    // REQUIRES: all references outlive this object.
    listeners(asio::io_context& loop, inherited_sockets const& inherited,
              std::vector<std::unique_ptr<worker>> const& workers, logger& log)
        : loop_{loop}, inherited_{inherited}, workers_{workers}, log_{log}
    {}

    // Serves what a configuration says. A socket whose address stays is kept, and its next connections belong to the
    // new front. New addresses are bound, and accept after start(). Addresses that are left out are closed. Connections
    // of a listener that is gone or that serves something else end after the response at hand. Throws
    // std::system_error and changes nothing if an address cannot be bound. REQUIRES: `made` belongs to `config`.
    void use(configuration const& config, fronts made);

    // Accepts on the sockets that do not accept yet, and prints and logs their addresses.
    void start();
    struct bound
    {
        std::string listener;
        std::string address;  // "127.0.0.1:8080", "unix:/run/tokend/public.sock"
    };
    // All addresses in their order.
    std::vector<bound> addresses() const;
    // Names and addresses: " public 127.0.0.1:8080 local unix:/run/tokend/public.sock".
    std::string text() const;
    void close();
    // As close(), but another process accepts on the sockets: connections that wait stay, and so do the files of Unix
    // sockets.
    void leave();
    // The descriptors for another process, each with the text of its address as its name: "127.0.0.1:8080". Those of
    // fd:NAME have that name alone.
    std::vector<inherited_sockets::named_socket> passed_on() const;
    // What the listeners offer now.
    fronts const& offered() const noexcept { return fronts_; }

private:
    struct bound_address
    {
        listening_address address;
        std::vector<std::shared_ptr<listener>> sockets;
        bool accepts = false;
    };

    bound_address bind(configuration const& config, listener_options const& options, listening_address const& address,
                       std::shared_ptr<front const> at);
    void drain_unlike(fronts const& next);

    asio::io_context& loop_;
    inherited_sockets const& inherited_;
    std::vector<std::unique_ptr<worker>> const& workers_;
    logger& log_;
    fronts fronts_;
    std::vector<bound_address> bound_;
};

}  // namespace tokend
