#pragma once

#include "tokend/plugin.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// What a plugin answered, copied.
struct answer
{
    std::uint32_t verdict = 0;
    std::uint32_t flags = 0;
    std::string reason;
    std::string username;
    std::vector<std::string> units;
    std::string default_unit;
    std::vector<std::string> groups;
    std::int64_t not_after = 0;
};

// A plugin's options as an administrator would set them: a NAME without a value is not set; numbers are in the ABI's
// units.
struct setting
{
    std::string text;
    std::int64_t number = 0;
};
using settings = std::map<std::string, setting>;

// A real shared object with one instance of it, and as much of a host as it needs.
class loaded_plugin
{
public:
    loaded_plugin(char const* file, settings const& given);  // throws std::runtime_error with the plugin's own words
    ~loaded_plugin();
    loaded_plugin(loaded_plugin const&) = delete;

    tokend_plugin_descriptor const& descriptor() const noexcept { return *descriptor_; }
    answer ask(tokend_kind kind, std::string_view name, std::string_view secret);
    std::string reload();                         // empty, or the error
    std::string wait_for_log(std::size_t lines);  // the last of that many lines, once they are there
    std::size_t log_lines() const;

private:
    static void done(void* self, tokend_ticket ticket, tokend_answer const* what);
    static void log(void* self, std::uint32_t level, tokend_string text);

    tokend_plugin_descriptor const* descriptor_;
    tokend_host host_;
    mutable std::mutex mutex_;  // guards the two below
    std::map<tokend_ticket, answer> answers_;
    std::vector<std::string> log_;
    std::condition_variable logged_;
    tokend_ticket next_ = 1;
    void* instance_ = nullptr;
};

}  // namespace tokend::test
