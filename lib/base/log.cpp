#include "base/log.hpp"

#include "base/text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

#include <unistd.h>

#include <cerrno>

namespace tokend {
namespace {

std::string_view name_of(log_level level) noexcept
{
    switch (level)
    {
    case log_level::error:
        return "error";
    case log_level::warning:
        return "warning";
    case log_level::info:
        return "info";
    case log_level::debug:
        return "debug";
    }
    return "error";
}

// JSON's string syntax serves both formats: quotes, control characters and line ends are escaped. Bytes that are no UTF-8 pass.
std::string json_quoted(std::string_view s)
{
    return boost::json::serialize(boost::json::string_view{s.data(), s.size()});
}

bool is_plain(std::string_view s) noexcept
{
    return !s.empty() && s.find_first_of("\" =\\") == s.npos && !has_control_character(s);
}

void append_text(std::string& line, log_field const& f)
{
    line += ' ';
    line += f.name;
    line += '=';
    line += f.is_number ? std::to_string(f.number) : is_plain(f.text) ? std::string{f.text} : json_quoted(f.text);
}

void append_json(std::string& line, log_field const& f)
{
    line += ',';
    line += json_quoted(f.name);
    line += ':';
    line += f.is_number ? std::to_string(f.number) : json_quoted(f.text);
}

void write_all(int descriptor, std::string_view bytes) noexcept
{
    while (!bytes.empty())
    {
        auto const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR)
            return;  // nowhere to say so
        if (written > 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

std::string format_line(log_format format, timestamp when, log_level level, std::string_view event,
                        std::initializer_list<log_field> fields)
{
    auto const time = format_rfc3339(whole_seconds(when));
    std::string line;
    if (format == log_format::text)
    {
        line = time + ' ' + std::string{name_of(level)} + ' ' + std::string{event};
        for (auto const& f : fields)
            append_text(line, f);
        return line;
    }
    line =
        "{\"ts\":" + json_quoted(time) + ",\"level\":" + json_quoted(name_of(level)) + ",\"msg\":" + json_quoted(event);
    for (auto const& f : fields)
        append_json(line, f);
    return line + '}';
}

logger::logger(clock const& now, log_options options) : now_{now}, options_{options}, thread_{[this] { run(); }} {}

logger::~logger()
{
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    waiting_.notify_one();
    thread_.join();
}

void logger::write(log_level level, std::string_view event, std::initializer_list<log_field> fields) noexcept
try
{
    if (!wants(level))
        return;
    auto line = format_line(options_.format, now_.now(), level, event, fields);
    line += '\n';
    {
        std::lock_guard const lock{mutex_};
        if (lines_.size() >= options_.queue)
        {
            ++dropped_;
            return;
        }
        lines_.push_back(std::move(line));
    }
    waiting_.notify_one();
}
catch (...)
{
    // Out of memory: the line is lost, the caller is not.
}

void logger::flush() noexcept
{
    std::unique_lock lock{mutex_};
    written_.wait_for(lock, std::chrono::milliseconds{100}, [this] { return lines_.empty() && !writing_; });
}

void logger::run()
{
    std::vector<std::string> batch;
    std::unique_lock lock{mutex_};
    for (;;)
    {
        waiting_.wait(lock, [this] { return stopping_ || !lines_.empty(); });
        if (lines_.empty())
            return;
        batch.swap(lines_);
        auto const dropped = std::exchange(dropped_, 0);
        writing_ = true;
        lock.unlock();
        if (dropped != 0)
            batch.push_back(format_line(options_.format, now_.now(), log_level::warning, "log lines dropped",
                                        {{"count", static_cast<std::int64_t>(dropped)}}) +
                            '\n');
        for (auto const& line : batch)
            write_all(options_.descriptor, line);
        batch.clear();
        lock.lock();
        writing_ = false;
        written_.notify_all();
    }
}

}  // namespace tokend
