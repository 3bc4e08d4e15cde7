#pragma once

#include "common/account.hpp"
#include "common/watched_file.hpp"

#include "tokend/plugin.hpp"
#include "tokend/watcher.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

// The ABI side of the plugins that keep their records in a text file.
namespace tokend::plugin {

inline tokend_verdict to_abi(verdict v) noexcept
{
    switch (v)
    {
    case verdict::accept:
        return TOKEND_ACCEPT;
    case verdict::bad_secret:
        return TOKEND_BAD_SECRET;
    case verdict::no_such_user:
        return TOKEND_NO_SUCH_USER;
    case verdict::locked:
        return TOKEND_LOCKED;
    case verdict::disabled:
        return TOKEND_DISABLED;
    case verdict::expired:
        return TOKEND_EXPIRED;
    case verdict::unavailable:
        return TOKEND_UNAVAILABLE;
    }
    return TOKEND_UNAVAILABLE;
}

inline void answer(host const& to, tokend_ticket ticket, judgement const& what, steps const& told = {})
{
    if (what.who == nullptr)
        return to.refuse(ticket, to_abi(what.verdict), what.reason, told);
    auto const& who = *what.who;
    identity const known{.username = who.name,
                         .subject_id = who.id,
                         .units = who.belongs.units,
                         .default_unit = who.belongs.default_unit,
                         .groups = who.belongs.groups,
                         .not_after = who.ends ? who.ends->time_since_epoch().count() : 0,
                         .api_key = who.is_api_key};
    to.accept(ticket, known, told);
}

inline instant now() noexcept { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

// The value of the option `check-interval`. Throws std::invalid_argument if it is 0.
inline std::chrono::milliseconds check_interval(options const& given)
{
    std::chrono::milliseconds const interval{given.number("check-interval")};
    if (interval <= std::chrono::milliseconds::zero())
        throw std::invalid_argument{"check-interval: 0, a time like 5s was meant"};
    return interval;
}

inline constexpr tokend_option hash_memory_option{
    "hash-memory", TOKEND_OPTION_SIZE, 0, "256m",
    "memory for hashes that are computed at once; one that finds too little left waits"};

// The value of the option `hash-memory`. Throws std::invalid_argument if it is 0.
inline std::uint64_t memory_for_hashes(options const& given)
{
    auto const bytes = given.number("hash-memory");
    if (bytes == 0)
        throw std::invalid_argument{"hash-memory: 0, a size like 256m was meant"};
    return static_cast<std::uint64_t>(bytes);
}

// The file of a backend. Watches it from start() to stop(), and has the host recheck all users after every change.
template <class Content>
class source_file
{
public:
    // Throws file_error. Warns about a file without records, unless it is marked as meant to be empty.
    source_file(std::string path, std::chrono::milliseconds interval, host to,
                typename watched_file<Content>::parser parse)
        : host_{to},
          interval_{interval},
          file_{std::move(path), to.allows_loose_modes() ? file_modes::any : file_modes::strict, std::move(parse)}
    {
        auto const content = file_.current();
        if (content->size() == 0 && !content->is_meant_empty())
            host_.log(TOKEND_LOG_WARNING,
                      file_.path() + ": no records, nobody gets in; a line '# empty' says so on purpose");
    }

    std::shared_ptr<Content const> current() const { return file_.current(); }
    std::string trouble() const { return file_.trouble(); }
    // For explain(): the file and the line of the record. Null: no record has this name.
    template <class Record>
    steps place_of(Record const* found) const
    {
        if (found == nullptr)
            return {file_.path() + ": none of " + std::to_string(file_.current()->size()) + " records has this name"};
        return {file_.path() + ':' + std::to_string(found->line) + ": the record"};
    }

    void start()
    {
        watcher_calls calls{[this] { return look(); }, [this](std::string const& reason) { say_blind(reason); }};
        watcher_.emplace(file_.path(), interval_, std::move(calls));
    }
    void stop() { watcher_.reset(); }
    void reload()
    {
        if (file_.reload())
            host_.changed();
    }

private:
    // Reads the file if it has changed. Logs one line for each change, and one for each new error.
    next_look look() noexcept
    {
        auto const before = file_.trouble();
        try
        {
            bool const is_new = file_.refresh();
            if (is_new || (!before.empty() && file_.trouble().empty()))
                host_.log(TOKEND_LOG_INFO, file_.path() + (before.empty() ? ": changed, " : ": good again, ") +
                                               std::to_string(file_.current()->size()) + " records");
            if (is_new)
                host_.changed();
        }
        catch (std::exception const& trouble)
        {
            if (trouble.what() != before)
                host_.log(TOKEND_LOG_ERROR, std::string{trouble.what()} + "; what was read before stays in use");
        }
        return file_.wants_another_try() ? next_look::in_a_second : next_look::on_change;
    }

    void say_blind(std::string const& reason) const noexcept
    {
        host_.log(TOKEND_LOG_WARNING, file_.path() + ": changes may not be reported (" + reason +
                                          "); it is looked at every " + std::to_string(interval_.count()) + " ms");
    }

    host const host_;
    std::chrono::milliseconds const interval_;
    watched_file<Content> file_;
    std::optional<watcher> watcher_;  // last: its thread uses the members above
};

}  // namespace tokend::plugin
