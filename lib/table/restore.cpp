#include "table/table.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <new>
#include <stdexcept>
#include <vector>

// A table from a tokens file.
namespace tokend {
namespace {

using std::chrono::sys_seconds;

token_key key_of(journal_entry const& entry) noexcept { return {entry.a, entry.b}; }

// Serials are counted: what a hash table wants is something else.
std::uint64_t scattered(std::uint64_t serial) noexcept { return __builtin_bswap64(serial * 0x9e37'79b9'7f4a'7c15); }

}  // namespace

// Takes tokens in by two threads: into their slots, and counted by their principals. Nothing else is needed to find and to end
// them; the index links them later.
class table::restoring
{
public:
    restoring(table& into, journal_contents const& from, identify const& identity_of, std::uint32_t now,
              std::size_t most)
        : table_{into},
          identity_of_{identity_of},
          now_{now},
          most_{most},
          ends_{from.ends},
          records_{from.records},
          stored_(records_.size())
    {
        found_.damaged = from.damaged;
        found_.unfinished = from.unfinished();
        number_records();
        for (auto& h : hands_)
            h.known.resize(records_.size());
        add_tokens(from.tokens, false);
        for (auto const& log : from.logs)
            add_tokens(log, true);
        count_tokens();
    }

    restored_tokens found() const noexcept
    {
        auto sum = found_;
        for (auto const& h : hands_)
        {
            sum.live += h.found.live;
            sum.expired += h.found.expired;
            sum.damaged += h.found.damaged;
        }
        return sum;
    }

private:
    static constexpr std::size_t together = 64;  // tokens whose memory comes into the cache at once

    struct named
    {
        std::uint32_t record = 0;  // 0: not known to this thread
        std::uint32_t tokens = 0;
    };

    // What a thread has found.
    struct alignas(128) hand  // on lines of its own
    {
        restored_tokens found;
        std::vector<named> known;  // by the numbers of records
        std::array<journal_entry, together> ahead;
        std::size_t ahead_count = 0;
    };

    struct judged
    {
        journal_entry const* token = nullptr;
        named* whose = nullptr;
    };

    void number_records()
    {
        if (!numbers_.reserve(records_.size()))
            throw std::bad_alloc{};
        for (std::size_t i = 0; i < records_.size(); ++i)
        {
            auto const serial = scattered(records_[i].serial);
            if (numbers_.find(serial, 0) == 0 && !numbers_.insert(serial, 0, static_cast<std::uint32_t>(i + 1)))
                throw std::bad_alloc{};
        }
    }

    // Only those that a token names are stored. 0: it is damaged. `number`: from 1.
    std::uint32_t stored(std::uint32_t number)
    {
        if (auto const known = stored_[number - 1].load(std::memory_order_relaxed); known != 0)
            return known;
        std::span<char const> const bytes{records_[number - 1].bytes};
        auto const identity = bytes.empty() || bytes.size() > max_principal_bytes ? std::nullopt : identity_of_(bytes);
        if (!identity)
            return 0;
        auto const record =
            table_.index_.restore_record(table_.index_.prepare(bytes, *identity), records_[number - 1].serial);
        if (record == 0)
            throw std::runtime_error{"the tokens file holds principals that do not fit the room for them"};
        stored_[number - 1].store(record, std::memory_order_relaxed);
        return record;
    }

    // `again`: some may be there already.
    void add_tokens(journal_part const& part, bool again)
    {
        auto const halves = part.split(hands_.size());
        auto other = std::async(std::launch::async, [&] { add_some(halves[1], again, hands_[1]); });
        add_some(halves[0], again, hands_[0]);
        other.get();
    }

    void add_some(journal_part const& part, bool again, hand& by)
    {
        auto const seen = for_each_entry(part, [&](journal_entry const& e) {
            if (e.kind != entry_kind::issue)
                return;
            table_.slots_.prefetch(key_of(e));
            ends_.prefetch(e.b);
            numbers_.prefetch(scattered(e.serial));
            by.ahead[by.ahead_count++] = e;
            if (by.ahead_count == together)
                place(by, again);
        });
        place(by, again);
        if (!again)  // a snapshot, of which every unit is a token
            by.found.damaged += part.count - seen.read;
    }

    void place(hand& by, bool again)
    {
        std::array<judged, together> living;
        std::size_t count = 0;
        for (auto& e : std::span{by.ahead}.first(std::exchange(by.ahead_count, 0)))
            if (auto const token = judge(e, again, by); token.whose != nullptr)
                living[count++] = token;
        table_.credits_.take_beyond(count);
        if (table_.credits_.taken() > most_)
            throw std::runtime_error{"the tokens file holds more live tokens than fit: " + std::to_string(most_)};
        for (auto const& [token, whose] : std::span{living}.first(count))
        {
            table_.slots_.insert(key_of(*token), whose->record, token->issued, token->expires);
            ++whose->tokens;
        }
        by.found.live += count;
    }

    // Nobody's: the token has ended, is there already, or is damaged. Else `e` ends when the logs tell.
    judged judge(journal_entry& e, bool again, hand& by)
    {
        auto const told = ends_(e.a, e.b);
        sighting seen;
        if (told == told_ends::ended || (again && table_.slots_.locate(key_of(e), seen) != nullptr))
            return {};
        e.expires = std::max(told, e.expires);
        if (e.expires <= now_)
        {
            ++by.found.expired;
            return {};
        }
        bool const sound = e.issued < e.expires && e.expires - e.issued < life_word::issue_span;
        auto const number = sound ? numbers_.find(scattered(e.serial), 0) : 0;
        auto* const whose = number != 0 ? &by.known[number - 1] : nullptr;
        if (whose != nullptr && (whose->record != 0 || (whose->record = stored(number)) != 0))
            return {&e, whose};
        ++by.found.damaged;
        return {};
    }

    void count_tokens()
    {
        for (std::size_t i = 0; i < stored_.size(); ++i)
            if (auto const record = stored_[i].load(std::memory_order_relaxed); record != 0)
                table_.index_.count_restored(record, hands_[0].known[i].tokens + hands_[1].known[i].tokens);
        table_.index_.link_later(table_.slots_);
    }

    table& table_;
    identify const& identity_of_;
    std::uint32_t const now_;
    std::size_t const most_;
    told_ends const& ends_;
    std::vector<journal_record> const& records_;  // numbered from 1
    std::vector<std::atomic<std::uint32_t>>
        stored_;            // of each the record; relaxed: whoever finds 0 asks the index, which knows
    record_names numbers_;  // by serials
    restored_tokens found_;
    std::array<hand, 2> hands_;
};

restored_tokens table::restore(journal_contents const& from, identify const& identity_of, sys_seconds now,
                               std::size_t most)
{
    return restoring{*this, from, identity_of, narrow(now), std::min(most, slots_.size())}.found();
}

}  // namespace tokend
