#pragma once

#include "tokend/plugin.h"

#include <time.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// C++ for authors of plugins, on top of the C contract in plugin.h (read that first). A plugin is a class
//
//     class my_backend
//     {
//     public:
//         my_backend(tokend::plugin::options const&, tokend::plugin::host);  // throws to refuse the configuration
//         void authenticate(tokend::plugin::question const&, tokend_ticket); // answers with host.answer(ticket, ...)
//         // optional: void start(); void stop(); void cancel(tokend_ticket); void reload(); std::string health();
//         //           void recheck(tokend::plugin::subject const&, tokend_ticket); // answers as authenticate() does
//         //           bool knows(tokend::plugin::question const&); void decoy(tokend::plugin::question const&);
//         //           void explain(tokend::plugin::question const&, tokend_ticket); // answers with steps
//     };
//     TOKEND_PLUGIN(my_backend, {.name = "mine",
//                                .version = "1.0",
//                                .kinds = tokend::plugin::kind::password,
//                                .options = my_options})
//
// No exception reaches the host. If authenticate(), recheck() or explain() throws, the answer is UNAVAILABLE; if
// another function throws, it has failed with what() as the error's text.
namespace tokend::plugin {

inline std::string_view view(tokend_string s) noexcept { return {s.data, s.size}; }
inline tokend_string view(std::string_view s) noexcept { return {s.data(), s.size()}; }

// The configured values. REQUIRES: every `name` is in the plugin's table.
class options
{
public:
    options(tokend_option_value const* values, std::size_t count) noexcept : values_{values, count} {}

    bool has(std::string_view name) const { return find(name).is_set != 0; }
    std::string_view text(std::string_view name) const { return view(find(name).text); }
    std::int64_t number(std::string_view name) const { return find(name).number; }
    std::vector<std::string> list(std::string_view name) const
    {
        std::vector<std::string> items;
        std::string_view rest = text(name);
        while (!rest.empty())
        {
            auto const end = rest.find(',');
            items.emplace_back(rest.substr(0, end));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        }
        return items;
    }

private:
    tokend_option_value const& find(std::string_view name) const
    {
        for (auto const& value : values_)
            if (name == value.name)
                return value;
        throw std::logic_error{"option '" + std::string{name} + "' is not in the plugin's table"};
    }
    std::span<tokend_option_value const> values_;
};

// What a client presented; see enum tokend_kind.
enum class kind : std::uint32_t
{
    password = TOKEND_KIND_PASSWORD,
    code = TOKEND_KIND_CODE,
    identifier = TOKEND_KIND_IDENTIFIER
};

// A set of kinds: `kind::code | kind::identifier`.
class kinds
{
public:
    constexpr kinds() = default;
    constexpr kinds(kind one) noexcept : bits_{static_cast<std::uint32_t>(one)} {}
    constexpr std::uint32_t bits() const noexcept { return bits_; }
    friend constexpr kinds operator|(kinds some, kind one) noexcept
    {
        some.bits_ |= static_cast<std::uint32_t>(one);
        return some;
    }

private:
    std::uint32_t bits_ = 0;
};
constexpr kinds operator|(kind one, kind other) noexcept { return kinds{one} | other; }

// The time until a deadline of the host; zero or less if it has passed. The host drops an answer that comes later.
inline std::chrono::nanoseconds time_left(std::int64_t deadline_ns) noexcept
{
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::nanoseconds{deadline_ns} - std::chrono::seconds{now.tv_sec} -
           std::chrono::nanoseconds{now.tv_nsec};
}

// Views, valid until authenticate() returns.
struct question
{
    plugin::kind kind;
    std::string_view name;
    std::string_view secret;
    std::string_view organisation;
    std::string_view unit;
    std::string_view client_address;
    std::string_view request_id;
    std::int64_t deadline_ns;  // CLOCK_BOOTTIME

    std::chrono::nanoseconds time_left() const noexcept { return plugin::time_left(deadline_ns); }
};

// Views, valid until recheck() returns.
struct subject
{
    std::string_view username;
    std::string_view subject_id;
    std::string_view organisation;
    std::string_view request_id;
    std::int64_t deadline_ns;  // CLOCK_BOOTTIME

    std::chrono::nanoseconds time_left() const noexcept { return plugin::time_left(deadline_ns); }
};

// Who an accepted client is. See tokend_answer.
struct identity
{
    std::string username{};
    std::string subject_id{};
    std::vector<std::string> units{};
    std::string default_unit{};
    std::vector<std::string> groups{};
    std::int64_t not_after = 0;  // Unix seconds, 0: none
    bool api_key = false;
};

// What was done to answer explain(), a sentence each.
using steps = std::vector<std::string>;

// The host's functions. A small value that may be copied. Thread-safe.
class host
{
public:
    explicit host(tokend_host const* c) noexcept : c_{c} {}

    void accept(tokend_ticket ticket, identity const& who, steps const& done = {}) const
    {
        auto const told = views(done);
        auto const units = views(who.units);
        auto const groups = views(who.groups);
        tokend_answer answer{};
        answer.size = sizeof answer;
        answer.verdict = TOKEND_ACCEPT;
        answer.flags = who.api_key ? TOKEND_ANSWER_API_KEY : 0;
        answer.username = view(who.username);
        answer.subject_id = view(who.subject_id);
        answer.units = units.data();
        answer.unit_count = units.size();
        answer.default_unit = view(who.default_unit);
        answer.groups = groups.data();
        answer.group_count = groups.size();
        answer.not_after = who.not_after;
        answer.steps = told.data();
        answer.step_count = told.size();
        c_->done(c_->context, ticket, &answer);
    }
    // REQUIRES: verdict is not TOKEND_ACCEPT. Throws only if there are steps and no memory.
    void refuse(tokend_ticket ticket, tokend_verdict verdict, std::string_view reason, steps const& done = {}) const
    {
        auto const told = views(done);
        tokend_answer answer{};
        answer.size = sizeof answer;
        answer.verdict = verdict == TOKEND_ACCEPT ? TOKEND_UNAVAILABLE : verdict;
        answer.reason = view(reason);
        answer.steps = told.data();
        answer.step_count = told.size();
        c_->done(c_->context, ticket, &answer);
    }
    void log(tokend_log_level level, std::string_view text) const noexcept { c_->log(c_->context, level, view(text)); }
    // The source has changed and the new content is in force: the host rechecks all users of this backend. A host
    // before ABI 1.2 does not.
    void changed() const noexcept
    {
        if (c_->size >= offsetof(tokend_host, changed) + sizeof c_->changed)
            c_->changed(c_->context);
    }
    // Returns true if files are accepted whatever their owners and modes are; see protection.hpp.
    bool allows_loose_modes() const noexcept
    {
        return c_->size >= offsetof(tokend_host, flags) + sizeof c_->flags &&
               (c_->flags & TOKEND_HOST_LOOSE_MODES) != 0;
    }

private:
    static std::vector<tokend_string> views(std::vector<std::string> const& strings)
    {
        std::vector<tokend_string> result;
        result.reserve(strings.size());
        for (auto const& s : strings)
            result.push_back(view(std::string_view{s}));
        return result;
    }
    tokend_host const* c_;
};

// The plugin's own part of its descriptor, for TOKEND_PLUGIN.
struct description
{
    char const* name = nullptr;
    char const* version = nullptr;
    plugin::kinds kinds{};
    plugin::kinds blocking_kinds{};
    std::span<tokend_option const> options{};
};

namespace detail {

inline void write_error(char* error, std::size_t size, char const* what) noexcept
{
    if (size != 0)
        std::snprintf(error, size, "%s", what);
}

template <class Backend>
struct instance
{
    instance(options const& given, host to) : h{to}, backend{given, to} {}
    host h;
    Backend backend;
};

// The C functions of a descriptor for the class Backend.
template <class Backend>
struct entry
{
    using self = instance<Backend>;

    template <class F>
    static int guarded(char* error, std::size_t size, F f) noexcept
    try
    {
        f();
        return 0;
    }
    catch (std::exception const& e)
    {
        write_error(error, size, e.what());
        return -1;
    }
    catch (...)
    {
        write_error(error, size, "unknown exception");
        return -1;
    }

    static void* create(tokend_option_value const* values, std::size_t count, tokend_host const* h, char* error,
                        std::size_t size) noexcept
    {
        void* made = nullptr;
        guarded(error, size, [&] { made = new self{options{values, count}, host{h}}; });
        return made;
    }
    static int start(void* p, char* error, std::size_t size) noexcept
    {
        return guarded(error, size, [&] {
            if constexpr (requires(Backend b) { b.start(); })
                static_cast<self*>(p)->backend.start();
        });
    }
    static question read(tokend_question const& q) noexcept
    {
        return {static_cast<kind>(q.kind), view(q.name),       view(q.secret), view(q.organisation), view(q.unit),
                view(q.client_address),    view(q.request_id), q.deadline_ns};
    }
    static void authenticate(void* p, tokend_question const* q, tokend_ticket ticket) noexcept
    {
        char error[256] = "";
        auto& me = *static_cast<self*>(p);
        int const failed = guarded(error, sizeof error, [&] { me.backend.authenticate(read(*q), ticket); });
        if (failed != 0)
            me.h.refuse(ticket, TOKEND_UNAVAILABLE, error);
    }
    static void explain(void* p, tokend_question const* q, tokend_ticket ticket) noexcept
    {
        char error[256] = "";
        auto& me = *static_cast<self*>(p);
        int const failed = guarded(error, sizeof error, [&] { me.backend.explain(read(*q), ticket); });
        if (failed != 0)
            me.h.refuse(ticket, TOKEND_UNAVAILABLE, error);
    }
    // A backend that cannot tell is asked.
    static int knows(void* p, tokend_question const* q) noexcept
    {
        bool known = true;
        guarded(nullptr, 0, [&] { known = static_cast<self*>(p)->backend.knows(read(*q)); });
        return known ? 1 : 0;
    }
    static void decoy(void* p, tokend_question const* q) noexcept
    {
        guarded(nullptr, 0, [&] { static_cast<self*>(p)->backend.decoy(read(*q)); });
    }
    static void recheck(void* p, tokend_subject const* s, tokend_ticket ticket) noexcept
    {
        char error[256] = "";
        auto& me = *static_cast<self*>(p);
        int const failed = guarded(error, sizeof error, [&] {
            subject const who{view(s->username), view(s->subject_id), view(s->organisation), view(s->request_id),
                              s->deadline_ns};
            if constexpr (requires(Backend b) { b.recheck(who, ticket); })
                me.backend.recheck(who, ticket);
        });
        if (failed != 0)
            me.h.refuse(ticket, TOKEND_UNAVAILABLE, error);
    }
    static void stop(void* p) noexcept
    {
        if constexpr (requires(Backend b) { b.stop(); })
            guarded(nullptr, 0, [&] { static_cast<self*>(p)->backend.stop(); });
    }
    static void destroy(void* p) noexcept { delete static_cast<self*>(p); }
    static void cancel(void* p, tokend_ticket ticket) noexcept
    {
        if constexpr (requires(Backend b) { b.cancel(ticket); })
            guarded(nullptr, 0, [&] { static_cast<self*>(p)->backend.cancel(ticket); });
    }
    static int reload(void* p, char* error, std::size_t size) noexcept
    {
        return guarded(error, size, [&] { static_cast<self*>(p)->backend.reload(); });
    }
    static int health(void* p, char* text, std::size_t size) noexcept
    {
        std::string trouble;
        int const failed = guarded(text, size, [&] {
            if constexpr (requires(Backend b) { b.health(); })
                trouble = static_cast<self*>(p)->backend.health();
        });
        if (failed != 0)
            return 0;
        write_error(text, size, trouble.c_str());
        return trouble.empty() ? 1 : 0;
    }
};

template <class Backend>
constexpr tokend_plugin_descriptor describe(description d) noexcept
{
    using e = entry<Backend>;
    tokend_plugin_descriptor c{};
    c.abi_major = TOKEND_ABI_MAJOR;
    c.abi_minor = TOKEND_ABI_MINOR;
    c.size = sizeof c;
    c.name = d.name;
    c.version = d.version;
    c.kinds = d.kinds.bits();
    c.blocking_kinds = d.blocking_kinds.bits();
    c.options = d.options.data();
    c.option_count = d.options.size();
    c.create = e::create;
    c.start = e::start;
    c.authenticate = e::authenticate;
    c.stop = e::stop;
    c.destroy = e::destroy;
    c.cancel = e::cancel;
    c.health = e::health;
    if constexpr (requires(Backend b) { b.reload(); })
        c.reload = e::reload;
    if constexpr (requires(Backend b, subject const& who) { b.recheck(who, tokend_ticket{}); })
        c.recheck = e::recheck;
    if constexpr (requires(Backend b, question const& q) { b.knows(q); })
        c.knows = e::knows;
    if constexpr (requires(Backend b, question const& q) { b.decoy(q); })
        c.decoy = e::decoy;
    if constexpr (requires(Backend b, question const& q) { b.explain(q, tokend_ticket{}); })
        c.explain = e::explain;
    return c;
}

}  // namespace detail
}  // namespace tokend::plugin

// Exports the plugin: once per shared object, at namespace scope. The second argument is a tokend::plugin::description.
#define TOKEND_PLUGIN(Backend, ...)                                                                                    \
    extern "C" const tokend_plugin_descriptor tokend_plugin =                                                          \
        ::tokend::plugin::detail::describe<Backend>(::tokend::plugin::description __VA_ARGS__);
