#include "web/request_context.hpp"

#include "base/byte_class.hpp"
#include "base/text.hpp"
#include "token/sessions.hpp"
#include "web/desk.hpp"
#include "web/durable.hpp"
#include "web/front.hpp"
#include "web/message/parameters.hpp"
#include "web/worker_state.hpp"

#include <utility>

namespace tokend {
namespace {

constexpr byte_class id_bytes{[](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}};

bool is_request_id(std::string_view s) noexcept { return !s.empty() && s.size() <= 64 && id_bytes.has_all(s); }

}  // namespace

request_context::request_context(worker_state& worker, front const& listeners, tokend::client peer)
    : home{worker}, services{worker.shared}, scratch{worker.scratch}, at{listeners}
{
    comes_from(peer);
}

void request_context::comes_from(tokend::client peer)
{
    client = peer;
    meters_.reset();
    proxy_ = at.proxies.names_clients(peer) ? std::make_unique<tokend::client const>(peer) : nullptr;
}

// A header that names nobody leaves the proxy itself.
void request_context::read_client(request_view const& request)
{
    auto const named = forwarded_client(request.fields, at.proxies.client_from, at.proxies.trusted.networks);
    client = named ? tokend::client{named} : *proxy_;
    meters_.reset();
}

client_rates::meters const& request_context::meters_of_client() noexcept
{
    if (!meters_)
        meters_ = services.rates.of(*client.address);
    return *meters_;
}

setup const& request_context::config() const noexcept { return held_ ? *held_ : *home.config; }

namespace {

// Returns false for a request that a page of another site has made: a browser sends the operator's certificate with it
// (cross-site request forgery). Browsers name the site of the page in Origin (RFC 6454).
bool is_of_own_site(request_view const& request)
{
    if (!request.has(header::origin))
        return true;
    auto const origin = request.field(header::origin);
    auto const authority = origin.find("://");
    return request.count(header::origin) == 1 && authority != origin.npos &&
           equal_folded(origin.substr(authority + 3), request.field(header::host));
}

}  // namespace

result<void> request_context::admit_operator(request_view const& request)
{
    auto const& fields = request.fields;
    auto const bearer = fields.count(header::authorization) == 1
                            ? authorization(fields.first(header::authorization), "bearer")
                            : std::nullopt;
    permits_ = std::make_unique<tokend::permits>(config().operators.permits_of(client, bearer.value_or("")));
    if (!permits_->is_known())
        return refusal{code::invalid_token, {}, "the client has not shown which operator it is"};
    if (!permits_->allow_somewhere(*match.route->needs))
        return refusal{
            code::forbidden, {}, "the operator has not the role " + std::string{to_string(*match.route->needs)}};
    if (!is_of_own_site(request))
        return refusal{code::forbidden, {}, "the request comes from the page of another site"};
    if (!request.query.empty() && !match.route->takes_query)
        return refusal{code::invalid_parameter, "query", "this method takes no query"};
    return {};
}

void request_context::hold_setup() { held_ = home.config; }

void request_context::release_setup() noexcept
{
    held_.reset();
    gone_.reset();
}

std::shared_ptr<std::atomic<bool> const> request_context::watch_client()
{
    if (!gone_)
        gone_ = std::make_shared<std::atomic<bool>>(false);
    return gone_;
}

void request_context::client_has_gone() noexcept
{
    if (gone_)
        gone_->store(true, std::memory_order_relaxed);
}

void request_context::begin() noexcept
{
    received = home.now();
    begun_at_ = home.steady_now();
}

void request_context::name(request_view const& request) noexcept
{
    if (proxy_) [[unlikely]]
        read_client(request);
    auto const id = request.field(header::x_request_id);
    if (request.count(header::x_request_id) == 1 && is_request_id(id))
        request_id = id;
    else
        make_id();
}

void request_context::name_unread() noexcept
{
    if (proxy_) [[unlikely]]
    {
        client = *proxy_;
        meters_.reset();
    }
    make_id();
}

void request_context::make_id() noexcept
{
    own_id_ = home.make_request_id();
    request_id = {own_id_.data(), own_id_.size()};
}

request_subject& request_context::subject()
{
    if (!subject_)
        subject_ = std::make_unique<request_subject>();
    return *subject_;
}

void request_context::name_user(std::string_view organisation, std::string_view username)
{
    subject().organisation = organisation;
    subject().username = username;
}

void request_context::name_session(inspection const& session)
{
    auto const& who = session.principal;
    name_user(who.organisation, who.username);
    subject().unit = who.unit;
    subject().backend = who.backend;
    subject().accessor = session.accessor.view();
}

void request_context::begin_frame(bool head) noexcept
{
    subject_.reset();
    outcome.code = code::ok;
    outcome.reason.clear();
    has_credential = true;
    frame = {.common = &home.lines(),
             .request_id = request_id,
             .head = head,
             .dialect = match.route == nullptr ? dialect::envelope : match.route->dialect};
}

reply request_context::begin_reply(desk& d) noexcept { return {d.out, d.headers, frame, outcome}; }

void request_context::answer_exception(std::exception_ptr thrown, desk& d, std::size_t answer_at)
{
    refusal why{.reason = "unknown exception"};
    try
    {
        std::rethrow_exception(thrown);
    }
    catch (refused const& r)
    {
        why = r.why;
    }
    catch (std::exception const& e)
    {
        why.reason = e.what();
    }
    catch (...)
    {}
    d.out.cut(answer_at);
    auto response = begin_reply(d);
    response.refuse(why);
    conclude();
}

tokend::log_level request_context::usual_level() const noexcept
{
    if (match.route == nullptr)
        return log_level::debug;
    bool const is_quiet = match.route->audited != audited::refusals || outcome.code == code::ok;
    if (!is_quiet && outcome.code != code::invalid_token && !is_unread(outcome.code))
        return log_level::info;  // a token that lives was refused
    return match.route->log_level;
}

tokend::decision request_context::decision(std::string_view client_address) const
{
    static request_subject const unknown;
    return {.method = method(),
            .subject = subject_ ? *subject_ : unknown,
            .client_address = client_address,
            .request_id = request_id,
            .code = outcome.code,
            .reason = outcome.reason,
            .duration =
                std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun_at_),
            .usual_level = usual_level(),
            .operator_name = operator_name(),
            .has_credential = has_credential};
}

// Only a route that needs a role has asked who calls; what an earlier request of the connection left does not count.
std::string_view request_context::operator_name() const noexcept
{
    bool const has_operator = permits_ && match.route != nullptr && match.route->needs;
    return has_operator ? std::string_view{permits_->name()} : std::string_view{};
}

task<bool> request_context::until_recorded() const
{
    auto const client_address = client.text();
    auto const record = record_of(decision(client_address));
    co_return co_await tokend::until_recorded(home, record);
}

void request_context::withdraw()
{
    if (subject_ && subject_->is_issued)
        services.sessions.release_session(subject_->accessor, services.clock.now());
}

bool request_context::is_logged() const noexcept { return services.log.wants(level_of(usual_level(), outcome.code)); }

// Counts, and times one request in some and all that wait.
[[gnu::always_inline]] inline void request_context::count() const noexcept
{
    auto& metrics = home.metrics;
    auto const number = match.route == nullptr ? std::size_t{0} : match.route->number;
    metrics.count(number, outcome.code);
    if (match.route == nullptr)
        return;
    if (match.route->answer == nullptr || metrics.is_sampled()) [[unlikely]]
        metrics.add_time(number, std::chrono::steady_clock::now() - begun_at_);
    if (match.route->audited == audited::logins) [[unlikely]]
        count_login();
}

// Names that the configuration does not have would be without bound.
void request_context::count_login() const noexcept
{
    auto const* const org = subject_ ? config().authenticator.find(subject_->organisation) : nullptr;
    home.metrics.count_login(org == nullptr ? std::string_view{} : org->name,
                             subject_ ? std::string_view{subject_->backend} : std::string_view{}, outcome.code);
}

void request_context::log() const
{
    count();
    if (is_logged())
        write_decision(true, false);
}

void request_context::conclude() const
{
    count();
    bool const to_log = is_logged();
    bool const to_audit = has_record();
    if (to_log || to_audit) [[unlikely]]
        write_decision(to_log, to_audit);
}

void request_context::write_decision(bool to_log, bool to_audit) const
{
    auto const client_address = client.text();
    auto const made = decision(client_address);
    if (to_log)
        log_decision(services.log, made);
    if (to_audit)
        services.audit->write(record_of(made));
}

}  // namespace tokend
