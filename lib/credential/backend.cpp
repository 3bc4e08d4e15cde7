#include "credential/backend.hpp"

#include "base/clock.hpp"

#include "tokend/plugin.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <stdexcept>

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

verdict verdict_of_host(outcome o, std::string reason)
{
    verdict v;
    v.outcome = o;
    v.reason = std::move(reason);
    return v;
}

using error_text = std::array<char, 1024>;

// Marks the tickets of checks. Slot numbers stay below this bit.
constexpr tokend_ticket check_ticket = tokend_ticket{1} << 31;

recheck_rules rules_of(backend_options const& options, plugin_library const& library)
{
    if (library.recheck() == nullptr)
        return {};
    auto const usual = std::chrono::milliseconds{usual_recheck_interval};
    auto const interval = std::chrono::floor<std::chrono::seconds>(options.recheck_interval.value_or(usual));
    // Longer than a check can take, so that one user is not checked twice at once.
    auto const retry = std::max(recheck_rules{}.retry, 2 * std::chrono::ceil<std::chrono::seconds>(options.deadline));
    return {.interval = interval, .retry = std::min(retry, interval)};
}

std::string_view text_of(error_text& error) noexcept
{
    error.back() = '\0';
    return error.data();
}

}  // namespace

backend::backend(backend_options options, plugin_library library, option_values const& values, blocking_pool& pool,
                 logger& log)
    : options_{std::move(options)},
      library_{library},
      pool_{pool},
      log_{log},
      host_{sizeof host_,      TOKEND_ABI_MAJOR,
            TOKEND_ABI_MINOR,  this,
            &backend::done,    &backend::write_log,
            &backend::changed, options_.allow_loose_modes ? std::uint32_t{TOKEND_HOST_LOOSE_MODES} : 0},
      rechecks_{rules_of(options_, library_)},
      check_bound_{std::max<std::size_t>(1, options_.max_in_flight / 4)},
      breaker_{options_.breaker},
      logins_{options_.max_in_flight},
      checks_{check_bound_}
{
    assert(options_.max_in_flight < check_ticket);
    error_text error{};
    auto const given = values.values();
    instance_ = library_.descriptor().create(given.data(), given.size(), &host_, error.data(), error.size());
    if (instance_ == nullptr)
        throw std::runtime_error{options_.where + ": [backend." + options_.id + "] " + std::string{text_of(error)}};
}

backend::~backend()
{
    stop();
    library_.descriptor().destroy(instance_);
}

void backend::start()
{
    error_text error{};
    if (library_.descriptor().start(instance_, error.data(), error.size()) != 0)
        throw std::runtime_error{options_.where + ": [backend." + options_.id + "] " + std::string{text_of(error)}};
    started_ = true;
}

void backend::stop()
{
    logins_.stop();
    checks_.stop();
    if (std::exchange(started_, false))
        library_.descriptor().stop(instance_);
}

bool backend::takes(credentials::kind kind) const noexcept { return (library_.descriptor().kinds & bit_of(kind)) != 0; }

bool backend::healthy() const
{
    if (breaker_.is_open())
        return false;
    auto const health = library_.descriptor().health;
    error_text ignored{};
    bool can_answer = true;
    if (health != nullptr)
        on_loop("health", [&] { can_answer = health(instance_, ignored.data(), ignored.size()) != 0; });
    return can_answer;
}

// Asks again if the source changed while it accepted the user. The check of all users that follows a change could end
// before this login has its token, and would miss it.
task<verdict> backend::ask(std::shared_ptr<question const> q)
{
    constexpr int most_times = 4;
    for (int times = 0; times < most_times; ++times)
    {
        auto const changes = changes_.load(std::memory_order_acquire);
        auto answer = co_await ask_once(q);
        if (answer.outcome != outcome::accept || changes_.load(std::memory_order_acquire) == changes)
            co_return answer;
    }
    co_return verdict_of_host(outcome::unavailable, "the source changes faster than it can be asked");
}

task<verdict> backend::ask_once(std::shared_ptr<question const> q)
{
    using std::chrono::steady_clock;
    if (!takes(q->presented->presented))
        co_return verdict_of_host(outcome::not_mine, "");
    circuit_breaker::permit permit{breaker_, steady_clock::now()};
    if (!permit)
        co_return verdict_of_host(outcome::unavailable, "the breaker is open");
    auto answer = co_await ask_plugin(std::move(q));
    if (answer.outcome == outcome::unavailable)
    {
        if (permit.fail(steady_clock::now()))
            log_.warning("a backend is down: from now on one login at a time asks it",
                         {{"backend", options_.id}, {"reason", answer.reason}});
    }
    else if (answer.outcome != outcome::overloaded && permit.succeed())
        log_.info("a backend that was down answers again", {{"backend", options_.id}});
    co_return answer;
}

task<verdict> backend::ask_plugin(std::shared_ptr<question const> q)
{
    auto const deadline = boot_time() + options_.deadline;
    tickets::pending waiting{logins_, co_await asio::this_coro::executor, deadline};
    if (!waiting)
        co_return verdict_of_host(outcome::overloaded, "max-in-flight questions wait already");
    if (!hand_over(std::move(q), waiting.ticket(), deadline) && waiting.withdraw())
        co_return verdict_of_host(outcome::overloaded, "the queue of blocking work is full");
    auto answer = co_await waiting.wait();
    if (waiting.expired())
        cancel(waiting.ticket());
    co_return answer;
}

task<verdict> backend::ask_again(subject who)
{
    assert(can_recheck());
    auto const deadline = boot_time() + options_.deadline;
    tickets::pending waiting{checks_, co_await asio::this_coro::executor, deadline};
    if (!waiting)
        co_return verdict_of_host(outcome::overloaded, "a quarter of max-in-flight users are being checked already");
    recheck(who, waiting.ticket() | check_ticket, deadline);
    auto answer = co_await waiting.wait();
    if (waiting.expired())
        cancel(waiting.ticket() | check_ticket);
    co_return answer;
}

// Calls the plugin on an event loop, where it must not block, and logs a warning if it does.
template <class Call>
void backend::on_loop(std::string_view function, Call&& call) const noexcept
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

void backend::cancel(tokend_ticket ticket) noexcept
{
    if (library_.descriptor().cancel != nullptr)
        on_loop("cancel", [&] { library_.descriptor().cancel(instance_, ticket); });
}

bool backend::hand_over(std::shared_ptr<question const> q, tokend_ticket ticket, std::chrono::nanoseconds deadline)
{
    if ((library_.descriptor().blocking_kinds & bit_of(q->presented->presented)) == 0)
    {
        on_loop("authenticate", [&] { authenticate(*q, ticket, deadline); });
        return true;
    }
    auto ask = [self = shared_from_this(), q = std::move(q), ticket, deadline] {
        if (self->logins_.is_waiting(ticket) && boot_time() < deadline)
            self->authenticate(*q, ticket, deadline);
        else
            self->logins_.settle(ticket, verdict{});  // too late or withdrawn: frees the slot
    };
    return pool_.try_run({.run = std::move(ask), .whose = options_.id, .limit = 2 * options_.deadline});
}

void backend::authenticate(question const& q, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept
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
    request.deadline_ns = deadline.count();
    library_.descriptor().authenticate(instance_, &request, ticket);
}

void backend::recheck(subject const& who, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept
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

void backend::done(void* context, tokend_ticket ticket, tokend_answer const* answer) noexcept
{
    auto& self = *static_cast<backend*>(context);
    verdict v;
    try
    {
        v = read_answer(answer);
    }
    catch (...)
    {
        v = verdict{};  // out of memory: unavailable
    }
    auto& waits = (ticket & check_ticket) != 0 ? self.checks_ : self.logins_;
    if (!waits.settle(ticket & ~check_ticket, std::move(v)))
        self.log_.debug("answer of a plugin that nobody waits for", {{"backend", self.options_.id}});
}

void backend::changed(void* context) noexcept
{
    auto& self = *static_cast<backend*>(context);
    self.changes_.fetch_add(1, std::memory_order_release);
    std::lock_guard const lock{self.change_mutex_};
    try
    {
        if (self.report_change_)
            self.report_change_();
        else
            self.unreported_change_ = true;
    }
    catch (...)
    {
        self.unreported_change_ = true;
        self.log_.error("out of memory: the users are not checked again", {{"backend", self.options_.id}});
    }
}

void backend::when_changed(std::function<void()> report)
{
    std::lock_guard const lock{change_mutex_};
    report_change_ = std::move(report);
    if (report_change_ && std::exchange(unreported_change_, false))
        report_change_();
}

void backend::write_log(void* context, std::uint32_t level, tokend_string text) noexcept
{
    auto& self = *static_cast<backend*>(context);
    auto const known = level <= TOKEND_LOG_ERROR     ? log_level::error
                       : level <= TOKEND_LOG_WARNING ? log_level::warning
                       : level <= TOKEND_LOG_INFO    ? log_level::info
                                                     : log_level::debug;
    self.log_.write(known, plugin::view(text), {{"backend", self.options_.id}});
}

}  // namespace tokend
