#include "credential/plugin_instance.hpp"

#include "tokend/plugin.hpp"

#include <array>
#include <cassert>
#include <stdexcept>
#include <utility>

namespace tokend {
namespace {

constexpr std::uint32_t bit_of(credentials::kind kind) noexcept
{
    switch (kind)
    {
    case credentials::kind::password:
        return TOKEND_KIND_PASSWORD;
    case credentials::kind::code:
        return TOKEND_KIND_CODE;
    case credentials::kind::identifier:
        return TOKEND_KIND_IDENTIFIER;
    }
    return 0;
}

using error_text = std::array<char, 1024>;

std::runtime_error refused_by(backend_options const& options, error_text& error)
{
    error.back() = '\0';
    return std::runtime_error{options.where + ": [backend." + options.id + "] " + error.data()};
}

tokend_question to_abi(question const& q) noexcept
{
    using plugin::view;
    tokend_question request{};
    request.size = sizeof request;
    request.kind = bit_of(q.presented->presented);
    request.name = view(q.presented->name);
    request.secret = view(q.presented->proof.reveal());
    request.organisation = view(q.organisation);
    request.unit = view(q.presented->unit);
    request.client_address = view(q.from.client_address);
    request.request_id = view(q.from.request_id);
    return request;
}

}  // namespace

plugin_instance::plugin_instance(backend_options const& options, plugin_library library, option_values const& values,
                                 tokend_host const& host, logger& log)
    : options_{options}, library_{library}, log_{log}
{
    error_text error{};
    auto const given = values.values();
    instance_ = library_.descriptor().create(given.data(), given.size(), &host, error.data(), error.size());
    if (instance_ == nullptr)
        throw refused_by(options_, error);
}

plugin_instance::~plugin_instance()
{
    stop();
    library_.descriptor().destroy(instance_);
}

void plugin_instance::start()
{
    error_text error{};
    if (library_.descriptor().start(instance_, error.data(), error.size()) != 0)
        throw refused_by(options_, error);
    started_ = true;
}

void plugin_instance::stop()
{
    if (std::exchange(started_, false))
        library_.descriptor().stop(instance_);
}

bool plugin_instance::takes(credentials::kind kind) const noexcept
{
    return (library_.descriptor().kinds & bit_of(kind)) != 0;
}

bool plugin_instance::blocks(credentials::kind kind) const noexcept
{
    return (library_.descriptor().blocking_kinds & bit_of(kind)) != 0;
}

template <class Call>
void plugin_instance::on_loop(std::string_view function, Call&& call) const noexcept
{
    using std::chrono::steady_clock;
    constexpr std::chrono::milliseconds longest{100};
    auto const before = steady_clock::now();
    call();
    auto const held = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - before);
    if (held >= longest)
        log_.warning("a plugin held an event loop, on which it must return at once",
                     {{"backend", options_.id},
                      {"plugin", options_.plugin},
                      {"function", function},
                      {"ms", static_cast<std::int64_t>(held.count())}});
}

bool plugin_instance::is_healthy() const noexcept
{
    auto const health = library_.descriptor().health;
    error_text ignored{};
    bool can_answer = true;
    if (health != nullptr)
        on_loop("health", [&] { can_answer = health(instance_, ignored.data(), ignored.size()) != 0; });
    return can_answer;
}

std::string plugin_instance::trouble() const
{
    auto const health = library_.descriptor().health;
    error_text text{};
    bool can_answer = true;
    if (health != nullptr)
        on_loop("health", [&] { can_answer = health(instance_, text.data(), text.size()) != 0; });
    text.back() = '\0';
    return can_answer ? "" : text.front() == '\0' ? "the plugin gives no reason" : text.data();
}

bool plugin_instance::may_know(question const& q) const noexcept
{
    auto const knows = library_.knows();
    bool known = true;
    if (knows != nullptr)
        on_loop("knows", [&] {
            auto const request = to_abi(q);
            known = knows(instance_, &request) != 0;
        });
    return known;
}

void plugin_instance::authenticate(question const& q, tokend_ticket ticket,
                                   std::chrono::nanoseconds deadline) const noexcept
{
    ask("authenticate", library_.descriptor().authenticate, q, ticket, deadline);
}

void plugin_instance::explain(question const& q, tokend_ticket ticket, std::chrono::nanoseconds deadline) const noexcept
{
    if (can_explain())
        ask("explain", library_.explain(), q, ticket, deadline);
    else
        authenticate(q, ticket, deadline);
}

template <class Function>
void plugin_instance::ask(std::string_view name, Function function, question const& q, tokend_ticket ticket,
                          std::chrono::nanoseconds deadline) const noexcept
{
    auto request = to_abi(q);
    request.deadline_ns = deadline.count();
    if (blocks(q.presented->presented))
        function(instance_, &request, ticket);
    else
        on_loop(name, [&] { function(instance_, &request, ticket); });
}

bool plugin_instance::has_decoy(credentials::kind kind) const noexcept
{
    return blocks(kind) && library_.decoy() != nullptr;
}

void plugin_instance::decoy(question const& q) const noexcept
{
    assert(has_decoy(q.presented->presented));
    auto const request = to_abi(q);
    library_.decoy()(instance_, &request);
}

void plugin_instance::recheck(subject const& who, tokend_ticket ticket,
                              std::chrono::nanoseconds deadline) const noexcept
{
    using plugin::view;
    tokend_subject request{};
    request.size = sizeof request;
    request.username = view(who.username);
    request.subject_id = view(who.subject_id);
    request.organisation = view(who.organisation);
    request.request_id = view(who.request_id);
    request.deadline_ns = deadline.count();
    on_loop("recheck", [&] { library_.recheck()(instance_, &request, ticket); });
}

void plugin_instance::cancel(tokend_ticket ticket) const noexcept
{
    if (library_.descriptor().cancel != nullptr)
        on_loop("cancel", [&] { library_.descriptor().cancel(instance_, ticket); });
}

}  // namespace tokend
