#include "app/plugin_check/recording_host.hpp"

#include "app/plugin_check/child.hpp"

#include "base/text.hpp"
#include "credential/backend.hpp"

#include "tokend/plugin.hpp"

#include <cstring>
#include <utility>

namespace tokend {
namespace {

constexpr std::size_t most_steps = 64;
constexpr std::size_t most_step_bytes = 1024;

thread_local int pool_calls = 0;

std::string describe(verdict const& v)
{
    return std::string{name_of(v.outcome)} + (v.reason.empty() ? "" : " (" + v.reason + ')');
}

// The rule that an answer breaks which the host cannot use. `why` is the host's reason.
std::string_view rule_of(tokend_answer const* a, std::string_view why)
{
    if (a == nullptr || a->size < TOKEND_ANSWER_MIN_SIZE)
        return rule::answer_size;
    if (a->verdict < TOKEND_ACCEPT || a->verdict > TOKEND_UNAVAILABLE)
        return rule::verdict;
    if (a->username.size == 0)
        return rule::username;
    return why.ends_with("bytes") ? rule::room : rule::text;
}

void check_steps(tokend_answer const& a)
{
    if (a.size < offsetof(tokend_answer, step_count) + sizeof a.step_count)
        return;
    if (a.step_count > most_steps)
        fail("answered with " + std::to_string(a.step_count) + " steps", rule::steps);
    for (std::size_t i = 0; i < a.step_count; ++i)
        if (auto const step = plugin::view(a.steps[i]);
            step.size() > most_step_bytes || !is_utf8(step) || has_control_character(step))
            fail("answered with a step of more than 1 KiB, or one that is no line of UTF-8", rule::steps);
}

}  // namespace

recording_host::recording_host(std::size_t size, tokend_ticket first, std::string_view strangers)
    : memory_{sizeof(tokend_host), rule::host, rule::sizes},
      host_{static_cast<tokend_host*>(memory_.last(size))},
      strangers_{strangers},
      next_{first}
{
    tokend_host whole{};
    whole.size = size;
    whole.abi_major = TOKEND_ABI_MAJOR;
    whole.abi_minor = size < sizeof whole ? 1 : TOKEND_ABI_MINOR;
    whole.context = this;
    whole.done = done;
    whole.log = log;
    whole.changed = changed;
    std::memcpy(host_, &whole, size);
}

void recording_host::guard(std::string_view secret)
{
    constexpr std::size_t too_short = 8;
    std::lock_guard const lock{mutex_};
    if (secret.size() >= too_short)
        secrets_.emplace_back(secret);
}

tokend_ticket recording_host::open(std::string what)
{
    std::lock_guard const lock{mutex_};
    questions_.emplace(next_, question{std::move(what)});
    return next_++;
}

std::optional<verdict> recording_host::wait(tokend_ticket ticket, std::chrono::steady_clock::time_point until)
{
    std::unique_lock lock{mutex_};
    auto const& one = questions_.at(ticket);
    answered_.wait_until(lock, until, [&] { return one.answer.has_value(); });
    return one.answer;
}

std::string recording_host::what(tokend_ticket ticket) const
{
    std::lock_guard const lock{mutex_};
    return questions_.at(ticket).what;
}

void recording_host::stopped()
{
    std::lock_guard const lock{mutex_};
    stopped_ = true;
}

void recording_host::destroyed()
{
    {
        std::lock_guard const lock{mutex_};
        destroyed_ = true;
    }
    memory_.take_back();
}

recording_host::pool_call::pool_call() noexcept { ++pool_calls; }
recording_host::pool_call::~pool_call() { --pool_calls; }

void recording_host::require_alive(std::string_view function) const
{
    if (destroyed_)
        fail(std::string{function} + " was called after destroy()", rule::host);
}

void recording_host::require_no_secret(std::string_view text, std::string_view where, std::string_view rule) const
{
    for (auto const& secret : secrets_)
        if (text.find(secret) != text.npos)
            fail(std::string{where} + " holds a secret", rule);
}

void recording_host::done(void* self, tokend_ticket ticket, tokend_answer const* answer) noexcept
{
    static_cast<recording_host*>(self)->take(ticket, answer);
}

void recording_host::take(tokend_ticket ticket, tokend_answer const* answer)
{
    auto v = read_answer(answer);
    std::lock_guard const lock{mutex_};
    require_alive("done()");
    auto const found = questions_.find(ticket);
    if (found == questions_.end())
        fail("answered the ticket " + std::to_string(ticket) + ", which it was not given", strangers_);
    auto& one = found->second;
    if (stopped_ && pool_calls == 0)
        fail(one.what + " was answered after stop() had returned", rule::after_stop);
    if (one.answer)
        fail(one.what + " was answered twice: " + describe(*one.answer) + ", and then " + describe(v), rule::once);
    if (answer == nullptr || (answer->verdict != TOKEND_UNAVAILABLE && v.outcome == outcome::unavailable))
        fail(one.what + ": " + v.reason, rule_of(answer, v.reason));
    check_steps(*answer);
    require_no_secret(v.reason, "the reason of an answer", rule::reason);
    for (auto const& step : v.steps)
        require_no_secret(step, "a step of an answer", rule::steps);
    one.answer = std::move(v);
    answered_.notify_all();
}

void recording_host::log(void* self, std::uint32_t level, tokend_string text) noexcept
{
    auto& host = *static_cast<recording_host*>(self);
    std::lock_guard const lock{host.mutex_};
    host.require_alive("log()");
    auto const line = plugin::view(text);
    host.require_no_secret(line, "a line of the log", rule::log);
    if (!is_utf8(line) || line.find('\n') != line.npos)
        fail("logged something that is no line of UTF-8", rule::log);
    if (level != TOKEND_LOG_DEBUG && level != TOKEND_LOG_INFO && level != TOKEND_LOG_WARNING &&
        level != TOKEND_LOG_ERROR)
        fail("logged with the level " + std::to_string(level), rule::level);
}

void recording_host::changed(void* self) noexcept
{
    auto& host = *static_cast<recording_host*>(self);
    std::lock_guard const lock{host.mutex_};
    host.require_alive("changed()");
}

}  // namespace tokend
