#include "app/plugin_check/trial.hpp"

#include "app/plugin_check/child.hpp"
#include "app/plugin_check/lent_memory.hpp"
#include "app/plugin_check/rules.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include "tokend/plugin.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <random>
#include <utility>

namespace tokend {
namespace {

constexpr std::size_t most_text = 1024;

constexpr plugin_function create_function{"create()", rule::create};
constexpr plugin_function start_function{"start()", rule::start};
constexpr plugin_function authenticate_on_loop{"authenticate()", rule::loop};
constexpr plugin_function authenticate_on_pool{"authenticate()", rule::once};
constexpr plugin_function explain_on_loop{"explain()", rule::at_once};
constexpr plugin_function explain_on_pool{"explain()", rule::once};
constexpr plugin_function stop_function{"stop()", rule::after_stop};
constexpr plugin_function destroy_function{"destroy()", rule::host};
constexpr plugin_function recheck_function{"recheck()", rule::at_once};
constexpr plugin_function knows_function{"knows()", rule::at_once};
constexpr plugin_function decoy_function{"decoy()", rule::decoy};
constexpr plugin_function cancel_function{"cancel()", rule::at_once};
constexpr plugin_function health_function{"health()", rule::no_block};
constexpr plugin_function reload_function{"reload()", rule::reload};

std::string random_text()
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::random_device device;
    std::string text;
    for (int i = 0; i < 32; ++i)
        text += digits[device() % digits.size()];
    return text;
}

std::string describe(presented const& what)
{
    return what.kind == TOKEND_KIND_CODE ? std::string{"the question about a code"}
                                         : "the question about '" + what.name + "'";
}

std::string in_ms(std::chrono::milliseconds time) { return std::to_string(time.count()) + " ms"; }

// A question in memory of its own.
class lent_question
{
public:
    lent_question(plan const& p, presented const& what, std::int64_t deadline_ns)
        : memory_{8192, rule::question, rule::sizes}
    {
        tokend_question asked{};
        asked.size = sizeof asked;
        asked.kind = what.kind;
        asked.name = memory_.copy(what.name);
        asked.secret = memory_.copy(what.secret);
        asked.organisation = memory_.copy(p.organisation);
        asked.unit = memory_.copy(p.unit);
        asked.client_address = memory_.copy("192.0.2.7");
        asked.request_id = memory_.copy("tokend-plugin-check");
        asked.deadline_ns = deadline_ns;
        asked_ = new (memory_.last(sizeof asked)) tokend_question{asked};
    }
    ~lent_question() { memory_.take_back(); }

    tokend_question const* get() const noexcept { return asked_; }

private:
    lent_memory memory_;
    tokend_question const* asked_;
};

}  // namespace

std::vector<tokend_kind> kinds_of(plugin_library const& library)
{
    std::vector<tokend_kind> kinds;
    for (auto const kind : {TOKEND_KIND_PASSWORD, TOKEND_KIND_CODE, TOKEND_KIND_IDENTIFIER})
        if ((library.descriptor().kinds & kind) != 0)
            kinds.push_back(kind);
    return kinds;
}

bool blocks(plugin_library const& library, tokend_kind kind) noexcept
{
    return (library.descriptor().blocking_kinds & kind) != 0;
}

presented nobody(tokend_kind kind)
{
    return {kind, kind == TOKEND_KIND_CODE ? std::string{} : "nobody-" + random_text().substr(16), random_text()};
}

option_values values_of(plugin_library const& library, plan const& p)
{
    std::vector<std::string> errors;
    auto values = check_options(library.options(), p.settings, p.where, errors);
    if (!errors.empty())
        fail("the options do not fit: " + join(errors, "; "), {});
    return values;
}

std::string one_line(std::string_view function, std::span<char const> buffer, std::string_view rule)
{
    auto const end = std::ranges::find(buffer, '\0');
    if (end == buffer.end())
        fail(std::string{function} + " left a text without its NUL", rule);
    std::string text{buffer.begin(), end};
    if (text.empty())
        fail(std::string{function} + " failed without a reason", rule);
    if (text.find('\n') != text.npos)
        fail(std::string{function} + " failed with a reason of several lines", rule);
    return text;
}

creation create(plugin_library const& library, option_values const& values, tokend_host const& host,
                std::size_t error_size)
{
    auto const given = values.values();
    std::size_t size = given.size_bytes() + error_size;
    for (auto const& v : given)
        size += v.text.size + 1;
    lent_memory lent{size, rule::values, rule::values};
    std::vector<tokend_option_value> copies{given.begin(), given.end()};
    for (auto& v : copies)
        v.text = lent.copy(plugin::view(v.text));
    auto* const first = static_cast<tokend_option_value*>(lent.last(given.size_bytes()));
    if (!copies.empty())
        std::memcpy(first, copies.data(), given.size_bytes());
    lent_memory room{error_size, rule::create, rule::create};
    auto* const error = static_cast<char*>(room.last(error_size));
    error[0] = '\0';
    void* const made = call_plugin(
        create_function, [&] { return library.descriptor().create(first, given.size(), &host, error, error_size); });
    std::string why;
    if (made == nullptr)
        why = one_line("create()", {error, error_size}, rule::create);
    lent.take_back();
    room.take_back();
    return {made, std::move(why)};
}

void destroy(plugin_library const& library, void* instance)
{
    call_plugin(destroy_function, [&] { library.descriptor().destroy(instance); });
}

trial::trial(plan const& p, std::unique_ptr<recording_host> host)
    : plan_{p}, library_{plugin_library::load(p.folder, p.name)}, host_{std::move(host)}
{
    for (auto const& one : p.known)
        host_->guard(one.secret);
    auto made = create(library_, values_of(library_, p), host_->get());
    if (made.instance == nullptr)
        fail("create() refuses the options that were given: " + made.error, rule::create);
    instance_ = made.instance;
}

trial::~trial() { destroy(); }

void trial::start()
{
    std::vector<char> error(most_text, '\0');
    auto const returned =
        call_plugin(start_function, [&] { return library_.descriptor().start(instance_, error.data(), error.size()); });
    if (returned != 0)
        fail("start() returned " + std::to_string(returned) + ": " + one_line("start()", error, rule::start),
             rule::start);
    started_ = true;
}

void trial::stop()
{
    if (!std::exchange(started_, false))
        return;
    call_plugin(stop_function, [&] { library_.descriptor().stop(instance_); });
    host_->stopped();
}

void trial::destroy()
{
    stop();
    auto* const instance = std::exchange(instance_, nullptr);
    if (instance == nullptr)
        return;
    tokend::destroy(library_, instance);
    host_->destroyed();
}

tokend_ticket trial::send(presented const& what, std::chrono::nanoseconds left, call how)
{
    bool const on_pool = blocks(library_, what.kind);
    host_->guard(what.secret);
    lent_question const question{plan_, what, (boot_time() + left).count()};
    auto const ticket = host_->open(describe(what));
    std::optional<recording_host::pool_call> may_answer_late;
    if (on_pool)
        may_answer_late.emplace();
    if (how == call::explain)
        call_plugin(on_pool ? explain_on_pool : explain_on_loop,
                    [&] { library_.explain()(instance_, question.get(), ticket); });
    else
        call_plugin(on_pool ? authenticate_on_pool : authenticate_on_loop,
                    [&] { library_.descriptor().authenticate(instance_, question.get(), ticket); });
    return ticket;
}

tokend_ticket trial::send(presented const& what, call how) { return send(what, plan_.deadline, how); }

verdict trial::answer(tokend_ticket ticket, std::string_view rule_of_silence)
{
    using std::chrono::steady_clock;
    if (auto const given = host_->wait(ticket, steady_clock::now() + plan_.deadline))
        return *given;
    if (library_.descriptor().cancel != nullptr)
        cancel(ticket);
    auto const late = host_->wait(ticket, steady_clock::now() + plan_.deadline);
    if (late)
        fail(host_->what(ticket) + " was answered after its deadline of " + in_ms(plan_.deadline), rule::deadline);
    fail(host_->what(ticket) + " was not answered within " + in_ms(2 * plan_.deadline), rule_of_silence);
}

tokend_ticket trial::recheck(std::string const& username, std::string const& subject_id)
{
    lent_memory memory{8192, rule::subject, rule::sizes};
    tokend_subject who{};
    who.size = sizeof who;
    who.username = memory.copy(username);
    who.subject_id = memory.copy(subject_id);
    who.organisation = memory.copy(plan_.organisation);
    who.request_id = memory.copy("tokend-plugin-check");
    who.deadline_ns = (boot_time() + plan_.deadline).count();
    auto const* const lent = new (memory.last(sizeof who)) tokend_subject{who};
    auto const ticket = host_->open("the recheck of '" + username + "'");
    call_plugin(recheck_function, [&] { library_.recheck()(instance_, lent, ticket); });
    memory.take_back();
    return ticket;
}

bool trial::knows(presented const& what)
{
    lent_question const question{plan_, what, 0};
    return call_plugin(knows_function, [&] { return library_.knows()(instance_, question.get()); }) != 0;
}

void trial::decoy(presented const& what)
{
    host_->guard(what.secret);
    lent_question const question{plan_, what, 0};
    call_plugin(decoy_function, [&] { library_.decoy()(instance_, question.get()); });
}

void trial::cancel(tokend_ticket ticket)
{
    call_plugin(cancel_function, [&] { library_.descriptor().cancel(instance_, ticket); });
}

trial::condition trial::health()
{
    std::vector<char> text(most_text, '\0');
    auto const returned =
        call_plugin(health_function, [&] { return library_.descriptor().health(instance_, text.data(), text.size()); });
    return {returned, returned == 0 ? one_line("health()", text, rule::health) : std::string{}};
}

trial::condition trial::reload()
{
    std::vector<char> text(most_text, '\0');
    auto const returned =
        call_plugin(reload_function, [&] { return library_.descriptor().reload(instance_, text.data(), text.size()); });
    return {returned, returned != 0 ? one_line("reload()", text, rule::reload) : std::string{}};
}

}  // namespace tokend
