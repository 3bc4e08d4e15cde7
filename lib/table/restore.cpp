#include "journal/serial_numbers.hpp"
#include "journal/two_hands.hpp"
#include "table/table.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <vector>

// A table from a tokens file.
namespace tokend {

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
          stored_(records_.size() + 1),
          numbers_{records_}
    {
        found_.damaged = from.damaged;
        found_.unfinished = from.unfinished();
        for (auto& h : hands_)
            h.known.resize(records_.size() + 1);
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

    // An entry of the file, as it is kept until its turn comes.
    struct arrival
    {
        token_key key;
        std::uint32_t issued = 0;
        std::uint32_t expires = 0;
        std::uint64_t serial = 0;
        std::uint32_t number = 0;  // of the record with that serial; 0: there is none
    };

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
        std::array<arrival, together> ahead;
        std::size_t ahead_count = 0;
    };

    struct judged
    {
        arrival const* token = nullptr;
        named* whose = nullptr;
    };

    // Only those that a token names are stored. 0: it is damaged. `number`: from 1.
    std::uint32_t stored(std::uint32_t number)
    {
        if (auto const known = stored_[number].load(std::memory_order_relaxed); known != 0)
            return known;
        std::span<char const> const bytes{records_[number - 1].bytes};
        auto const identity = bytes.empty() || bytes.size() > max_principal_bytes ? std::nullopt : identity_of_(bytes);
        if (!identity)
            return 0;
        auto const record =
            table_.index_.restore_record(table_.index_.prepare(bytes, *identity), records_[number - 1].serial);
        if (record == 0)
            throw std::runtime_error{"the tokens file holds principals that do not fit the room for them"};
        stored_[number].store(record, std::memory_order_relaxed);
        return record;
    }

    // `again`: some may be there already.
    void add_tokens(journal_part const& part, bool again)
    {
        constexpr std::size_t some = std::size_t{1} << 18;
        auto const pieces = part.split(part.count / some + 2);
        with_two_hands(pieces.size(),
                       [&](std::size_t piece, std::size_t by) { add_some(pieces[piece], again, hands_[by]); });
    }

    void add_some(journal_part const& part, bool again, hand& by)
    {
        auto const seen = for_each_entry(part, [&](journal_entry const& e) {
            if (e.kind != entry_kind::issue)
                return;
            token_key const key{e.a, e.b};
            table_.slots_.prefetch(key);
            ends_.prefetch(key.b);
            numbers_.prefetch(e.serial);
            by.ahead[by.ahead_count++] = {key, e.issued, e.expires, e.serial};
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
        auto const ahead = std::span{by.ahead}.first(std::exchange(by.ahead_count, 0));
        for (auto& e : ahead)
        {
            e.number = numbers_(e.serial);
            __builtin_prefetch(&by.known[e.number], 1);
        }
        for (auto& e : ahead)
            if (auto const token = judge(e, again, by); token.whose != nullptr)
                living[count++] = token;
        table_.credits_.take_beyond(count);
        if (table_.credits_.taken() > most_)
            throw std::runtime_error{"the tokens file holds more live tokens than fit: " + std::to_string(most_)};
        for (auto const& [token, whose] : std::span{living}.first(count))
        {
            table_.slots_.insert(token->key, whose->record, token->issued, token->expires);
            ++whose->tokens;
        }
        by.found.live += count;
    }

    // Nobody's: the token has ended, is there already, or is damaged. Else `e` ends when the logs tell.
    judged judge(arrival& e, bool again, hand& by)
    {
        auto const told = ends_(e.key.a, e.key.b);
        sighting seen;
        if (told == told_ends::ended || (again && table_.slots_.locate(e.key, seen) != nullptr))
            return {};
        e.expires = std::max(told, e.expires);
        if (e.expires <= now_)
        {
            ++by.found.expired;
            return {};
        }
        bool const sound = e.issued < e.expires && e.expires - e.issued < life_word::issue_span;
        auto& whose = by.known[e.number];
        if (sound && e.number != 0 && (whose.record != 0 || (whose.record = stored(e.number)) != 0))
            return {&e, &whose};
        ++by.found.damaged;
        return {};
    }

    void count_tokens()
    {
        auto const record_of = [this](std::size_t i) { return stored_[i].load(std::memory_order_relaxed); };
        for (std::size_t i = 1; i < stored_.size(); ++i)
        {
            table_.index_.prefetch_record(record_of(std::min(i + 32, records_.size())));
            table_.index_.prefetch_keeper(record_of(std::min(i + 16, records_.size())));
            if (auto const record = record_of(i); record != 0)
                table_.index_.count_restored(record, hands_[0].known[i].tokens + hands_[1].known[i].tokens);
        }
        table_.index_.link_later(table_.slots_);
    }

    table& table_;
    identify const& identity_of_;
    std::uint32_t const now_;
    std::size_t const most_;
    told_ends const& ends_;
    std::vector<journal_record> const& records_;  // numbered from 1
    std::vector<std::atomic<std::uint32_t>>
        stored_;  // of each the record; relaxed: whoever finds 0 asks the index, which knows
    serial_numbers const numbers_;
    restored_tokens found_;
    std::array<hand, 2> hands_;
};

restored_tokens table::restore(journal_contents const& from, identify const& identity_of, std::chrono::sys_seconds now,
                               std::size_t most)
{
    return restoring{*this, from, identity_of, narrow(now), std::min(most, slots_.size())}.found();
}

}  // namespace tokend
