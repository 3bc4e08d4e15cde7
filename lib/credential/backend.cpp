#include "credential/backend.hpp"

#include "base/clock.hpp"
#include "base/insist.hpp"

#include "tokend/plugin.hpp"

#include <time.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>
#include <optional>

namespace tokend {
namespace {

constexpr std::string_view stray = "answer of a plugin that nobody waits for";

constexpr auto unknown_effort = std::numeric_limits<std::int64_t>::max();

std::int64_t processor_time() noexcept
{
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

// A call of a plugin on this thread. What it answers before it returns is kept here.
struct call
{
    void const* asked;
    tokend_ticket ticket;
    std::optional<verdict> answer{};
    int others = 0;
    call* const outer = std::exchange(current, this);

    static thread_local call* current;

    call(void const* whom, tokend_ticket t) noexcept : asked{whom}, ticket{t} {}
    ~call() { current = outer; }

    // The first answer counts.
    void take(verdict&& v) noexcept
    {
        if (!answer)
            answer = std::move(v);
        else
            ++others;
    }
    call(call const&) = delete;
};
thread_local call* call::current = nullptr;

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
      plugin_{options_, library, values, host_, log},
      rechecks_{rules_of(options_, library_)},
      check_bound_{std::max<std::size_t>(1, options_.max_in_flight / 4)},
      breaker_{options_.breaker},
      places_{options_.max_in_flight, options_.max_queued},
      logins_{options_.max_in_flight, [this] { places_.give_back(); }},
      checks_{check_bound_}
{
    assert(options_.max_in_flight < check_ticket);
    forget_efforts();
}

backend::~backend() { stop(); }

void backend::start() { plugin_.start(); }

void backend::stop()
{
    places_.stop();
    logins_.stop();
    checks_.stop();
    plugin_.stop();
}

backend::condition backend::state() const
{
    auto const& descriptor = library_.descriptor();
    condition now{.plugin = descriptor.name, .version = descriptor.version, .reason = plugin_.trouble()};
    now.can_answer = now.reason.empty();
    now.is_open = breaker_.is_open();
    now.in_flight = logins_.in_flight();
    now.queued = places_.queued();
    std::lock_guard const lock{outage_mutex_};
    now.last_outage = last_outage_;
    return now;
}

// Without memory the one before it stays.
void backend::note_outage(std::string const& reason) noexcept
try
{
    std::lock_guard const lock{outage_mutex_};
    last_outage_ = outage{reason, std::chrono::steady_clock::now()};
}
catch (std::bad_alloc const&)
{}

bool backend::healthy() const { return !breaker_.is_open() && plugin_.is_healthy(); }

void backend::forget_efforts() noexcept
{
    for (auto const kind : {credentials::kind::password, credentials::kind::code, credentials::kind::identifier})
        decoy_effort_[static_cast<std::size_t>(kind)] = plugin_.has_decoy(kind) ? unknown_effort : 0;
}

std::chrono::nanoseconds backend::decoy_effort(credentials::kind kind) const noexcept
{
    return std::chrono::nanoseconds{decoy_effort_[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed)};
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
    co_return make_verdict(outcome::unavailable, "the source changes faster than it can be asked");
}

task<verdict> backend::ask_once(std::shared_ptr<question const> q)
{
    using std::chrono::steady_clock;
    if (!takes(q->presented->presented))
        co_return make_verdict(outcome::not_mine, "");
    if (!plugin_.may_know(*q))
        co_return make_verdict(outcome::no_such_user, "unknown name");
    auto const begun = steady_clock::now();
    circuit_breaker::permit permit{breaker_, begun};
    if (!permit)
        co_return make_verdict(outcome::unavailable, "the breaker is open");
    auto answer = co_await ask_plugin(std::move(q), purpose::check);
    times_.add(steady_clock::now() - begun);
    if (answer.outcome == outcome::unavailable)
    {
        note_outage(answer.reason);
        if (permit.fail(steady_clock::now()))
            log_.warning("a backend is down: from now on one login at a time asks it",
                         {{"backend", options_.id}, {"reason", answer.reason}});
    }
    else if (answer.outcome != outcome::overloaded && permit.succeed())
        log_.info("a backend that was down answers again", {{"backend", options_.id}});
    co_return answer;
}

task<verdict> backend::ask_decoy(std::shared_ptr<question const> q) { return ask_plugin(std::move(q), purpose::decoy); }

task<verdict> backend::explain(std::shared_ptr<question const> q)
{
    auto const& presented = *q->presented;
    if (!takes(presented.presented))
        co_return make_verdict(outcome::not_mine, "the plugin does not take this kind of credentials");
    if (!presented.proof.reveal().empty() || plugin_.can_explain())
        co_return co_await ask_plugin(std::move(q), purpose::explanation);
    if (!can_recheck())
        co_return make_verdict(outcome::unavailable, "this plugin says nothing without the secret");
    subject who{presented.name, {}, q->organisation, q->from.request_id};
    co_return co_await ask_again(std::move(who));
}

// The end of a flight. The others get the same answer.
struct backend::landing
{
    backend& of;
    std::shared_ptr<single_flight::flight> flight;  // null: somebody else's
    verdict answer{};

    ~landing()
    {
        if (flight != nullptr)
            for (auto const ticket : of.flights_.land(*flight))
                insist([&] { of.logins_.settle(ticket, verdict{answer}); });
    }
};

task<verdict> backend::ask_plugin(std::shared_ptr<question const> q, purpose why)
{
    auto const deadline = boot_time() + options_.deadline;
    bool has_place = places_.try_take();
    if (!has_place)
        has_place = co_await places_.take(q->pays, deadline);
    if (!has_place)
        co_return make_verdict(outcome::overloaded, "max-in-flight questions wait already");
    tickets::pending waiting{logins_, co_await asio::this_coro::executor, deadline};
    assert(waiting);
    landing flown{*this, flights_.join(digest_of(*q, why), waiting.ticket())};
    if (flown.flight == nullptr)
        co_return co_await waiting.wait();
    auto answering = waiting.wait();  // takes its memory before the plugin is asked
    if (!hand_over(std::move(q), why, waiting.ticket(), deadline, flown.flight) && waiting.withdraw())
        co_return flown.answer = make_verdict(outcome::overloaded, "the queue of blocking work is full");
    flown.answer = co_await std::move(answering);
    if (waiting.expired())
        plugin_.cancel(waiting.ticket());
    co_return flown.answer;
}

single_flight::digest backend::digest_of(question const& q, purpose why) const
{
    auto const& presented = *q.presented;
    std::array const kinds{static_cast<char>(presented.presented), static_cast<char>(why)};
    return flights_.digest_of({{kinds.data(), kinds.size()},
                               presented.name,
                               presented.proof.reveal(),
                               presented.unit,
                               q.organisation,
                               q.from.client_address});
}

task<verdict> backend::ask_again(subject who)
{
    assert(can_recheck());
    auto const deadline = boot_time() + options_.deadline;
    tickets::pending waiting{checks_, co_await asio::this_coro::executor, deadline};
    if (!waiting)
        co_return make_verdict(outcome::overloaded, "a quarter of max-in-flight users are being checked already");
    auto answering = waiting.wait();
    plugin_.recheck(who, waiting.ticket() | check_ticket, deadline);
    auto answer = co_await std::move(answering);
    if (waiting.expired())
        plugin_.cancel(waiting.ticket() | check_ticket);
    co_return answer;
}

// Returns false if the pool is full.
bool backend::hand_over(std::shared_ptr<question const> q, purpose why, tokend_ticket ticket,
                        std::chrono::nanoseconds deadline, std::shared_ptr<single_flight::flight> flight)
{
    if (!plugin_.blocks(q->presented->presented))
    {
        consult(*q, why, ticket, deadline);
        return true;
    }
    auto pays = q->pays;
    auto run = [self = shared_from_this(), q, why, ticket, deadline] {
        if (self->logins_.is_waiting(ticket) && boot_time() < deadline)
            self->work(*q, why, ticket, deadline);
        else
            self->logins_.settle(ticket, verdict{});  // too late or withdrawn: frees the slot
    };
    auto refuse = [self = shared_from_this(), q, ticket] {
        auto const* const reason = q->from.is_gone() ? "the client has gone" : "the queue of blocking work is full";
        insist([&] { self->logins_.settle(ticket, make_verdict(outcome::overloaded, reason)); });
    };
    // A client that has only ended its side still waits for the answer, and gets it unless others wait for the thread.
    auto is_unwanted = [self = shared_from_this(), q, flight = std::move(flight)] {
        return q->from.is_gone() && self->flights_.forsake(*flight);
    };
    return pool_.try_run({.run = std::move(run),
                          .refuse = std::move(refuse),
                          .is_unwanted = std::move(is_unwanted),
                          .whose = options_.id,
                          .pays = std::move(pays),
                          .limit = 2 * options_.deadline});
}

// An explanation has to be there before the wait for it ends, also that of a server that does not answer.
void backend::consult(question const& q, purpose why, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept
{
    if (why == purpose::explanation)
        plugin_.explain(q, ticket, deadline - options_.deadline / 10);
    else
        plugin_.authenticate(q, ticket, deadline);
}

// On the pool. A refusal that was cheap costs a decoy as well, so that all refusals cost about the same.
void backend::work(question const& q, purpose why, tokend_ticket ticket, std::chrono::nanoseconds deadline) noexcept
{
    if (why == purpose::decoy)
    {
        logins_.settle(ticket, compute_decoy(q));
        return;
    }
    auto const before = processor_time();
    call c{this, ticket};
    consult(q, why, ticket, deadline);
    if (c.others != 0)
        log_.debug(stray, {{"backend", options_.id}});
    if (!c.answer)
        return;
    auto answer = std::move(*c.answer);
    answer.effort = std::chrono::nanoseconds{processor_time() - before};
    if (why == purpose::check && q.dearest != nullptr && is_refusal(answer.outcome) &&
        is_cheap(answer.effort, q.dearest->decoy_effort(q.presented->presented)))
        answer.effort += q.dearest->compute_decoy(q).effort;
    logins_.settle(ticket, std::move(answer));
}

verdict backend::compute_decoy(question const& q) noexcept
{
    auto const before = processor_time();
    plugin_.decoy(q);
    auto v = make_verdict(outcome::no_such_user, {});
    v.effort = std::chrono::nanoseconds{processor_time() - before};
    decoy_effort_[static_cast<std::size_t>(q.presented->presented)].store(v.effort.count(), std::memory_order_relaxed);
    return v;
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
    if (auto* const c = call::current; c != nullptr && c->asked == &self && c->ticket == ticket)
        return c->take(std::move(v));
    auto& waits = (ticket & check_ticket) != 0 ? self.checks_ : self.logins_;
    if (!waits.settle(ticket & ~check_ticket, std::move(v)))
        self.log_.debug(stray, {{"backend", self.options_.id}});
}

void backend::changed(void* context) noexcept
{
    auto& self = *static_cast<backend*>(context);
    self.changes_.fetch_add(1, std::memory_order_release);
    self.forget_efforts();
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
