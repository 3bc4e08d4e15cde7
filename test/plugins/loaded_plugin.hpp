#pragma once

#include "tokend/plugin.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// A copy of a plugin's answer.
struct answer
{
    std::uint32_t verdict = 0;
    std::uint32_t flags = 0;
    std::string reason;
    std::string username;
    std::string subject_id;
    std::vector<std::string> units;
    std::string default_unit;
    std::vector<std::string> groups;
    std::int64_t not_after = 0;
};

// A plugin's options as an administrator would set them. An option that is not in the map is not set. Numbers are in
// the ABI's units.
struct setting
{
    std::string text;
    std::int64_t number = 0;
};
using settings = std::map<std::string, setting>;

// A real shared object, one instance of it, and the part of a host that it needs.
class loaded_plugin
{
public:
    // Throws std::runtime_error with the plugin's error text.
    loaded_plugin(char const* file, settings const& given, std::uint32_t host_flags = 0);
    ~loaded_plugin();
    loaded_plugin(loaded_plugin const&) = delete;

    tokend_plugin_descriptor const& descriptor() const noexcept { return *descriptor_; }
    answer ask(tokend_kind kind, std::string_view name, std::string_view secret);
    answer recheck(std::string_view username, std::string_view subject_id = "");
    std::string health();                         // the error, or empty
    std::string reload();                         // the error, or empty
    std::string wait_for_log(std::size_t lines);  // waits for so many lines and returns the last of them
    std::size_t log_lines() const;
    void wait_for_changes(std::size_t count);  // until the plugin has called changed() so often
    std::size_t changes() const;

private:
    static void done(void* self, tokend_ticket ticket, tokend_answer const* what);
    static void log(void* self, std::uint32_t level, tokend_string text);
    static void changed(void* self);
    answer answer_to(tokend_ticket ticket) const;

    tokend_plugin_descriptor const* descriptor_;
    tokend_host host_;
    mutable std::mutex mutex_;  // guards the three members below
    std::map<tokend_ticket, answer> answers_;
    std::vector<std::string> log_;
    std::size_t changes_ = 0;
    std::condition_variable logged_;
    tokend_ticket next_ = 1;
    void* instance_ = nullptr;
};

}  // namespace tokend::test
