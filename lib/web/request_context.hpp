#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "http/common_lines.hpp"
#include "web/client.hpp"
#include "web/client_rates.hpp"
#include "web/decision.hpp"
#include "web/message/reply.hpp"
#include "web/operators.hpp"
#include "web/router.hpp"
#include "web/services.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tokend {

class inspection;
struct desk;
struct front;
struct scratch;
struct setup;
class worker_state;

// One request apart from its bytes: where it came from, its route, its id, how its response is framed, and what its
// method may use. One object serves all requests of a connection, one after the other. Loop thread only.
class request_context
{
public:
    // REQUIRES: `home` and `at` outlive this object.
    request_context(worker_state& home, front const& at, tokend::client peer);

    // For methods.
    worker_state& home;
    tokend::services& services;
    tokend::scratch& scratch;
    front const& at;
    tokend::client client;          // of the request: the peer, or whom a trusted proxy names
    timestamp received{};           // the worker's clock when the request's first bytes were seen
    std::string_view request_id{};  // in own_id_, or in the request's header
    route_match match{};
    bool has_credential = true;  // for the log: false if no credential could be read from a login
    setup const& config() const noexcept;
    client_rates::meters const& meters_of_client() noexcept;  // REQUIRES: the client has an address
    // Returns a flag that is set once the client has gone away while its request is being answered.
    std::shared_ptr<std::atomic<bool> const> watch_client();

    // What the operator may do who calls. REQUIRES: the route needs a role.
    tokend::permits const& permits() const noexcept { return *permits_; }

    // For methods, about what the log and the audit log have of the request.
    request_subject& subject();
    void name_user(std::string_view organisation, std::string_view username);
    void name_session(inspection const& session);  // the token and its owner
    bool is_audited() const noexcept { return is_about_tokens() && services.audit != nullptr; }
    // Whether it is worth finding out whom the request concerns, because the audit log or the log says it.
    bool is_noted() const noexcept
    {
        return is_about_tokens() && (services.audit != nullptr || services.log.wants(log_level::info));
    }
    reply_outcome outcome{};

    // For the conversation.
    void client_has_gone() noexcept;
    void comes_from(tokend::client peer);             // the peer is another one than at first
    void begin() noexcept;                            // the first bytes of a request are here
    void name(request_view const& request) noexcept;  // finds its client; takes its clean X-Request-Id, or makes an id
    void name_unread() noexcept;                      // the client is the peer; makes an id
    result<void> admit_operator(request_view const& request);  // REQUIRES: the route needs a role
    void hold_setup();                                         // config() stays as it is until release_setup()
    void release_setup() noexcept;

    reply_frame frame{};
    void begin_frame(bool head) noexcept;  // of a response after which the connection closes
    reply begin_reply(desk& d) noexcept;
    // Replaces what a method has written behind `answer_at` by the response to the exception that it threw.
    void answer_exception(std::exception_ptr thrown, desk& d, std::size_t answer_at);

    // What becomes of the outcome: it is logged, and recorded if its route asks for it. A decision whose record must be
    // written before the answer takes until_recorded(), and log() after it; any other one takes conclude().
    bool waits_for_record() const noexcept { return has_record() && services.audit->answers_wait(); }
    [[nodiscard]] task<bool> until_recorded() const;
    void withdraw();  // ends a token that was issued for the answer, and that nobody gets
    void log() const;
    void conclude() const;

private:
    bool is_about_tokens() const noexcept  // some decisions of the route are audited
    {
        return match.route != nullptr && match.route->audited != audited::nothing;
    }
    std::string_view method() const noexcept { return match.route == nullptr ? "unknown" : match.route->name; }
    tokend::decision decision(std::string_view client_address) const;
    tokend::log_level usual_level() const noexcept;
    std::string_view operator_name() const noexcept;
    void count() const noexcept;  // for metrics
    void count_login() const noexcept;
    bool is_logged() const noexcept;
    void write_decision(bool to_log, bool to_audit) const;
    bool has_record() const noexcept { return is_audited() && tokend::is_audited(match.route->audited, outcome.code); }
    void read_client(request_view const& request);
    void make_id() noexcept;

    std::unique_ptr<request_subject> subject_;  // null while nothing is known
    std::shared_ptr<setup const> held_;
    std::shared_ptr<std::atomic<bool>> gone_;      // while somebody watches the client
    std::optional<client_rates::meters> meters_;   // of `client`, once they are asked for
    std::unique_ptr<tokend::permits> permits_;     // of the operator whose request it is
    std::unique_ptr<tokend::client const> proxy_;  // the peer, if its requests name their clients
    std::array<char, 24> own_id_;
    std::chrono::steady_clock::time_point begun_at_{};
};

}  // namespace tokend
