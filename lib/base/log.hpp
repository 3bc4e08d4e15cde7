#pragma once

#include "base/clock.hpp"
#include "base/log_line.hpp"

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <thread>

namespace tokend {

struct log_options
{
    log_level level = log_level::info;  // the least severe that is written
    log_format format = log_format::text;
    std::size_t queue = 4096;  // lines that may wait for a slow reader; more are dropped and counted
    int descriptor = 2;
    std::chrono::milliseconds patience{1000};  // how long destruction waits for the reader
};

// How much of the queue may be full for a line to be taken. What many strangers can cause leaves room for what matters
// more.
enum class log_room
{
    half,  // of the queue: for lines without a limit to their number
    most,  // three quarters of it
    all
};

// Lines for people or programs: text or JSON, one event a line, whatever bytes a value holds. write() never blocks on the
// reader and never throws; one thread writes. Destruction writes what waits, unless nobody reads it. Thread-safe.
class logger
{
public:
    logger(clock const& now, log_options options);
    ~logger();
    logger(logger const&) = delete;

    bool wants(log_level level) const noexcept { return level <= level_; }
    // Lines for debugging have half of the queue at most.
    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields = {},
               log_room room = log_room::all) noexcept;

    // Writes a line that a stranger can cause without end: the first of its kind at once, then at most one a second,
    // with their `count` and the fields of the last. `event` and `kind` name the kind; there are few of them.
    void count(log_level level, std::string_view event, std::string_view kind,
               std::initializer_list<log_field> fields) noexcept;

    void flush() noexcept;  // waits until what was written before is out; gives up after 100 ms

    void error(std::string_view event, std::initializer_list<log_field> f = {}) noexcept
    {
        write(log_level::error, event, f);
    }
    void warning(std::string_view event, std::initializer_list<log_field> f = {}) noexcept
    {
        write(log_level::warning, event, f);
    }
    void info(std::string_view event, std::initializer_list<log_field> f = {}) noexcept
    {
        write(log_level::info, event, f);
    }
    void debug(std::string_view event, std::initializer_list<log_field> f = {}) noexcept
    {
        write(log_level::debug, event, f);
    }

private:
    class queue;

    log_level const level_;
    std::shared_ptr<queue> queue_;  // the thread holds it too: it may be left behind at a reader that stands still
    std::thread thread_;
};

}  // namespace tokend
