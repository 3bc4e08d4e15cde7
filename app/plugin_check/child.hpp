#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

// Runs one check in a process of its own, so that a plugin that crashes or hangs ends nothing else.
namespace tokend {

struct finding
{
    enum class kind
    {
        ok,
        skipped,
        broken
    };
    kind what = kind::ok;
    std::string text;  // of ok what was seen, of skipped why, of broken what the plugin did
    std::string rule;  // that is broken; empty: none of plugin.h
};

// Returns what `check` found. If all is well, the text is what `check` returns. A crash is a broken rule, and so is a
// check that takes longer than `limit`.
finding run_in_child(std::function<std::string()> const& check, std::chrono::milliseconds limit);

// The functions below are for the child.

// Report, and end the process at once: a plugin that broke a rule may never return. Thread-safe; the first one counts.
[[noreturn]] void fail(std::string const& what, std::string_view rule);
[[noreturn]] void skip(std::string const& why);

// A function of the plugin, and the rule that it breaks if it does not return.
struct plugin_function
{
    char const* name;
    std::string_view hang;
};

// Names the function of the plugin that runs, for the report of a crash or a hang. Of calls at the same time the last
// one counts. REQUIRES: `function` is static.
class calling
{
public:
    explicit calling(plugin_function const& function) noexcept;
    ~calling();
    calling(calling const&) = delete;

private:
    plugin_function const* const before_;
};

// Calls the plugin. An exception that comes out of it is a crash, while the name is still known.
template <class Call>
auto call_plugin(plugin_function const& function, Call&& call)
{
    calling const now{function};
    return [&]() noexcept { return call(); }();
}

// Has the report of a crash say that the plugin used memory after it was forbidden. `rule` is a literal. Returns false
// if there are too many such blocks; then the report names no rule.
bool forbid(void const* begin, std::size_t size, std::string_view rule) noexcept;

}  // namespace tokend
