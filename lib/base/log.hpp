#pragma once

#include "base/clock.hpp"

#include <condition_variable>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tokend {

// As in syslog(3); a lower number is more severe.
enum class log_level : unsigned char
{
    error = 3,
    warning = 4,
    info = 6,
    debug = 7
};

enum class log_format
{
    text,
    json
};

// One `name=value` of a line.
struct log_field
{
    log_field(std::string_view n, std::string_view v) : name{n}, text{v} {}
    log_field(std::string_view n, char const* v) : name{n}, text{v} {}
    log_field(std::string_view n, std::string const& v) : name{n}, text{v} {}
    log_field(std::string_view n, std::int64_t v) : name{n}, number{v}, is_number{true} {}
    std::string_view name;
    std::string_view text{};
    std::int64_t number = 0;
    bool is_number = false;
};

struct log_options
{
    log_level level = log_level::info;  // the least severe that is written
    log_format format = log_format::text;
    std::size_t queue = 4096;  // lines that may wait for a slow reader; more are dropped and counted
    int descriptor = 2;
};

// Lines for people or programs: text or JSON, one event a line, whatever bytes a value holds. write() never blocks on the
// reader and never throws; one thread writes. Destruction writes what waits. Any thread.
class logger
{
public:
    logger(clock const& now, log_options options);
    ~logger();
    logger(logger const&) = delete;

    bool wants(log_level level) const noexcept { return level <= options_.level; }
    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields = {}) noexcept;

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
    void run();

    clock const& now_;
    log_options options_;
    std::mutex mutex_;  // guards what follows, but for the thread
    std::condition_variable waiting_;
    std::vector<std::string> lines_;
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    bool writing_ = false;  // lines are taken out and not yet written
    std::condition_variable written_;
    std::thread thread_;  // last: runs over all above
};

// One line without its newline. Control characters and quotes in values are escaped in both formats.
std::string format_line(log_format format, timestamp when, log_level level, std::string_view event,
                        std::initializer_list<log_field> fields);

}  // namespace tokend
