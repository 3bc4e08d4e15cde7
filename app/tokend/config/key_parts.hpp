#pragma once

#include "app/tokend/config/keys.hpp"
#include "app/tokend/config/values.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace tokend {

// The tables of the sections that a configuration may have many of.
std::vector<key> listener_keys();
std::vector<key> backend_keys();
std::vector<key> organisation_keys();

}  // namespace tokend

// What the tables of keys are made of.
namespace tokend::key_parts {

using namespace std::chrono_literals;
using values::addresses;
using values::boolean;
using values::duration;
using values::files;
using values::group;
using values::limit;
using values::list;
using values::mode;
using values::number;
using values::one_of;
using values::path;
using values::peers;
using values::size;
using values::socket_path;
using values::text;

template <class Field, class Value>
void assign(Field& field, Value&& value)
{
    if constexpr (std::same_as<Field, std::chrono::seconds>)
        field = std::chrono::duration_cast<std::chrono::seconds>(value);
    else
        field = static_cast<Field>(std::forward<Value>(value));
}

// Returns a function that makes the keys of a section. `options(configuration, index)` is the struct that holds them.
template <class Options>
auto section(std::string_view name, Options options)
{
    return [=](std::string_view key_name, auto member, auto kind, takes_effect when, std::string_view help) {
        return key{
            name,
            key_name,
            when,
            kind.meant(),
            help,
            [=](configuration& c, section_index i, std::string_view text, std::filesystem::path const& base) {
                auto value = kind.read(text, base);
                if (value)
                    assign(std::invoke(member, options(c, i)), std::move(*value));
                return value.has_value();
            },
            [=](configuration const& c, section_index i) { return kind.write(std::invoke(member, options(c, i))); }};
    };
}

inline constexpr auto on_reload = takes_effect::on_reload;
inline constexpr auto on_restart = takes_effect::on_restart;

inline constexpr std::uint64_t most_capacity = 100'000'000;
inline auto const timeout = duration{1ms, 1h};
inline auto const requests = number{0, 1'000'000};
inline auto const token_lifetime = duration{1s, 24h * 193, 1s};  // the table counts in 24 bits of seconds: 194 days
inline auto const policy =
    one_of<lifetime_policy>{{{"fixed", lifetime_policy::fixed}, {"sliding", lifetime_policy::sliding}}};

// The keys of lock-out, which [login] and each organisation have. `rules` makes keys of one of these sections.
template <class Section>
std::vector<key> lockout_keys(Section rules, std::string_view otherwise)
{
    number const count{0, 1000};
    duration const time{1s, 24h, 1s};
    auto const key_of = [&](std::string_view name, auto member, auto kind, std::string_view help) {
        return rules(name, member, kind, on_reload, otherwise.empty() ? help : otherwise);
    };
    return {
        key_of("lockout-failures", &lockout_rules::failures, count,
               "Failed logins of one name from one client network (/32, /64) that lock it out there. 0: no lock-out."),
        key_of("lockout-window", &lockout_rules::window, time, "Time within which these failures count together."),
        key_of("lockout-time", &lockout_rules::time, time,
               "How long the first lock-out lasts. Each one after it lasts twice as long, up to a day."),
        key_of("lockout-name-failures", &lockout_rules::name_failures, count,
               "Failed logins of one name from all networks that lock it out everywhere. 0: they never do."),
        key_of("lockout-name-window", &lockout_rules::name_window, time,
               "Time within which the failures of a name from all networks count together."),
    };
}

}  // namespace tokend::key_parts
