#include "base/log.hpp"

#include "base/log_counts.hpp"
#include "base/thread_name.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tokend {
namespace {

void write_all(int descriptor, std::string_view bytes) noexcept
{
    while (!bytes.empty())
    {
        auto const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR)
            return;  // a log that cannot be written cannot report so
        if (written > 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace

// The queued lines, and the loop of the thread that writes them.
class logger::queue
{
public:
    queue(clock const& now, log_options const& options) : now_{now}, options_{options}
    {
        if (options.format == log_format::journal)
            journal_.emplace(std::string{options.journal});
    }

    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields, log_room room)
    {
        auto line = format_line(options_.format, now_.now(), level, event, fields) + '\n';
        {
            std::lock_guard const lock{mutex_};
            if (!push(std::move(line), room))
                return;
        }
        waiting_.notify_one();
    }

    void count(log_level level, std::string_view event, std::string_view kind, std::initializer_list<log_field> fields)
    {
        auto text = format_fields(options_.format, fields);
        {
            std::lock_guard const lock{mutex_};
            auto const due = counts_.next_due();
            if (counts_.add(level, event, kind, text, steady::now()))
                push(format_line(options_.format, now_.now(), level, event, text) + '\n', log_room::half);
            else if (counts_.next_due() == due)
                return;  // the thread wakes up in time without being notified
        }
        waiting_.notify_one();
    }

    void flush() noexcept
    {
        std::unique_lock lock{mutex_};
        written_.wait_for(lock, std::chrono::milliseconds{100}, [this] { return lines_.empty() && !writing_; });
    }

    // Returns true once everything is written, false if the reader takes nothing for as long as `patience`. In the
    // second case the thread ends when the reader goes on, and until then uses nothing but this object.
    bool finish()
    {
        std::unique_lock lock{mutex_};
        stopping_ = true;
        waiting_.notify_one();
        abandoned_ = !written_.wait_for(lock, options_.patience, [this] { return ended_; });
        return !abandoned_;
    }

    void run()
    {
        std::vector<std::string> batch;
        std::unique_lock lock{mutex_};
        while (!abandoned_ && await_lines(lock))
        {
            try
            {
                add_notes();
            }
            catch (std::exception const&)
            {
                // No memory: what was counted is lost, and the lines that are there are written.
            }
            batch.swap(lines_);
            writing_ = true;
            lock.unlock();
            for (auto const& line : batch)
                if (!abandoned_ && !send_to_journal(line))
                    write_all(options_.descriptor, line);
            batch.clear();
            lock.lock();
            writing_ = false;
            written_.notify_all();
        }
        ended_ = true;
        written_.notify_all();
    }

private:
    using steady = std::chrono::steady_clock;

    // Returns false if there is no room, and counts the line as dropped.
    bool push(std::string line, log_room room)
    {
        auto const all = options_.queue;
        auto const limit = room == log_room::half ? all / 2 : room == log_room::most ? all - all / 4 : all;
        if (lines_.size() >= limit)
        {
            ++dropped_;
            return false;
        }
        lines_.push_back(std::move(line));
        return true;
    }

    // Returns false if everything is written and the logger is ending. Waits with a timer only while events are
    // counted.
    bool await_lines(std::unique_lock<std::mutex>& lock)
    {
        for (;;)
        {
            if (stopping_ || !lines_.empty())
                return !lines_.empty() || counts_.next_due() != steady::time_point::max();
            auto const due = counts_.next_due();
            if (due <= steady::now())
                return true;
            auto const changed = [&] { return stopping_ || !lines_.empty() || counts_.next_due() != due; };
            if (due == steady::time_point::max())
                waiting_.wait(lock, changed);
            else
                waiting_.wait_until(lock, due, changed);
        }
    }

    // Adds a line with the number of dropped lines, and a line for each count that is due.
    void add_notes()
    {
        auto const now = now_.now();
        if (auto const dropped = std::exchange(dropped_, 0); dropped != 0)
            lines_.push_back(format_line(options_.format, now, log_level::warning, "log lines dropped",
                                         {{"count", static_cast<std::int64_t>(dropped)}}) +
                             '\n');
        while (auto const due = counts_.take_due(stopping_ ? steady::time_point::max() : steady::now()))
        {
            auto const count = format_fields(options_.format, {{"count", static_cast<std::int64_t>(due->count)}});
            lines_.push_back(format_line(options_.format, now, due->level, due->event, due->fields + count) + '\n');
        }
    }

    bool send_to_journal(std::string const& line) const noexcept
    try
    {
        return journal_ && journal_->send(journald_fields(line));
    }
    catch (std::exception const&)
    {
        return false;  // no memory
    }

    clock const& now_;  // read by the owner, and by the thread until the queue is abandoned
    log_options const options_;
    std::optional<journald_sink> journal_;  // the thread's
    std::mutex mutex_;                      // guards all below
    std::condition_variable waiting_;
    std::condition_variable written_;
    std::vector<std::string> lines_;
    log_counts counts_;
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    bool writing_ = false;                 // lines have left the queue and are not written yet
    bool ended_ = false;                   // the thread has written everything and returns
    std::atomic<bool> abandoned_ = false;  // the logger is gone; written under the lock, read by the thread without it
};

logger::logger(clock const& now, log_options options)
    : level_{options.level}, queue_{std::make_shared<queue>(now, options)}, thread_{[q = queue_] {
          name_this_thread("log");
          q->run();
      }}
{}

logger::~logger()
{
    if (queue_->finish())
        thread_.join();
    else
        thread_.detach();
}

void logger::write(log_level level, std::string_view event, std::initializer_list<log_field> fields,
                   log_room room) noexcept
try
{
    if (wants(level))
        queue_->write(level, event, fields, level == log_level::debug ? log_room::half : room);
}
catch (...)
{
    // Out of memory: the line is lost, the caller goes on.
}

void logger::count(log_level level, std::string_view event, std::string_view kind,
                   std::initializer_list<log_field> fields) noexcept
try
{
    if (wants(level))
        queue_->count(level, event, kind, fields);
}
catch (...)
{
    // As in write().
}

void logger::flush() noexcept { queue_->flush(); }

}  // namespace tokend
