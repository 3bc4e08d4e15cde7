#pragma once

#include "base/clock.hpp"
#include "base/journald_sink.hpp"
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
    log_level level = log_level::info;  // the least severe level that is written
    log_format format = log_format::text;
    std::size_t queue = 4096;  // how many lines may wait for a slow reader; further ones are dropped and counted
    int descriptor = 2;
    // Where lines go in format journal. What the journal does not take goes to `descriptor` as JSON.
    std::string_view journal = journald_socket;
    std::chrono::milliseconds patience{1000};  // how long destruction waits for the reader
};

// How full the queue may be when a line is added. Lines that strangers can cause in any number leave room for lines
// that matter more.
enum class log_room
{
    half,  // half of the queue: for lines whose number has no limit
    most,  // three quarters of it
    all
};

// Writes a line for each event, as text, as JSON, or to systemd's journal. Values may hold any bytes. write() neither
// throws nor waits for the reader of the log: a thread of the logger's does the writing. The destructor writes the
// lines that are queued, and gives up after `patience` if the reader does not take them. Thread-safe.
class logger
{
public:
    logger(clock const& now, log_options options);
    ~logger();
    logger(logger const&) = delete;

    bool wants(log_level level) const noexcept { return level <= level_; }
    // Lines of level debug may fill at most half of the queue, whatever `room` is.
    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields = {},
               log_room room = log_room::all) noexcept;

    // For events that strangers can cause in any number: writes the first of its kind at once, then at most one line a
    // second, with the number of events since (`count`) and the fields of the last. Event and kind together name the
    // kind. REQUIRES: there are few kinds; all of them are kept.
    void count(log_level level, std::string_view event, std::string_view kind,
               std::initializer_list<log_field> fields) noexcept;

    void flush() noexcept;  // waits until the lines so far are written, at most 100 ms

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
    std::shared_ptr<queue> queue_;  // shared with the thread, which outlives the logger if the reader is stuck
    std::thread thread_;
};

}  // namespace tokend
