#include "web/request_context.hpp"

#include "base/byte_class.hpp"
#include "base/principal.hpp"
#include "web/decision.hpp"
#include "web/desk.hpp"
#include "web/front.hpp"
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
    proxy_ = at.proxies.names_clients(peer) ? std::make_unique<tokend::client const>(peer) : nullptr;
}

// A header that names nobody leaves the proxy itself.
void request_context::read_client(request_view const& request)
{
    auto const named = forwarded_client(request.fields, at.proxies.client_from, at.proxies.trusted.networks);
    client = named ? tokend::client{named} : *proxy_;
}

setup const& request_context::config() const noexcept { return held_ ? *held_ : *home.config; }

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
        client = *proxy_;
    make_id();
}

void request_context::make_id() noexcept
{
    own_id_ = home.make_request_id();
    request_id = {own_id_.data(), own_id_.size()};
}

void request_context::name_user(std::string_view organisation, std::string_view username)
{
    who_ = display_name(organisation, username);
    organisation_bytes_ = organisation.size();
}

void request_context::begin_frame(bool head) noexcept
{
    who_.clear();
    organisation_bytes_ = 0;
    has_credential = true;
    frame = {.common = &home.lines(),
             .request_id = request_id,
             .head = head,
             .dialect = match.route == nullptr ? dialect::envelope : match.route->dialect};
}

reply request_context::begin_reply(desk& d) noexcept { return {d.out, d.headers, frame}; }

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
    log(response);
}

void request_context::log(reply const& sent) const
{
    auto const usual = match.route == nullptr ? log_level::debug : match.route->log_level;
    if (services.log.wants(level_of(usual, sent.code())))
        write_decision(sent);
}

void request_context::write_decision(reply const& sent) const
{
    auto const client_address = client.text();
    decision d;
    d.method = method();
    d.organisation = std::string_view{who_}.substr(0, organisation_bytes_);
    d.who = who_;
    d.client_address = client_address;
    d.request_id = request_id;
    d.code = sent.code();
    d.reason = sent.reason();
    d.duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun_at_);
    d.usual_level = match.route == nullptr ? log_level::debug : match.route->log_level;
    d.has_credential = has_credential;
    log_decision(services.log, d);
}

}  // namespace tokend
