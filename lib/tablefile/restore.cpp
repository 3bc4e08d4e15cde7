#include "tablefile/restore.hpp"

#include "journal/in_two_threads.hpp"
#include "journal/serial_numbers.hpp"
#include "table/table_import.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <vector>

namespace tokend {
namespace {

// Restores tokens on two threads: puts them into their slots, and counts them for their principals. That is all that
// finding and ending them needs; the index links them later.
class restoring
{
public:
    restoring(table& into, journal_contents const& from, identify const& owner_of, std::uint32_t now, std::size_t most)
        : import_{into},
          owner_of_{owner_of},
          now_{now},
          most_{std::min(most, import_.slots())},
          ends_{from.ends},
          records_{from.records},
          stored_(records_.size() + 1),
          numbers_{records_},
          addresses_{from.addresses},
          address_numbers_{addresses_}
    {
        found_.damaged = from.damaged;
        found_.unfinished = from.unfinished;
        for (auto& h : hands_)
        {
            h.known.resize(records_.size() + 1);
            h.known_addresses.resize(addresses_.size() + 1);
        }
        add_tokens(from.tokens, false);
        add_tokens(from.log, true);
        count_tokens();
        count_addresses();
        finish(from.last_serial, from.last_address);
    }

    restored_tokens found() const noexcept
    {
        auto sum = found_;
        for (auto const& h : hands_)
        {
            sum.live += h.found.live;
            sum.expired += h.found.expired;
            sum.damaged += h.found.damaged;
            sum.postdated += h.found.postdated;
        }
        return sum;
    }

private:
    static constexpr std::size_t together = 64;  // tokens whose memory is fetched into the cache at once

    // An issue in the file, from reading it until it is placed.
    struct arrival
    {
        token_key key;
        std::uint32_t issued = 0;
        std::uint32_t expires = 0;
        std::uint64_t serial = 0;
        std::uint64_t address = 0;
        std::uint32_t number = 0;  // of the record with that serial; 0: no record has it
    };

    struct named
    {
        std::uint32_t record = 0;  // 0: this thread does not know it yet
        std::uint32_t tokens = 0;
    };

    // The data of one thread.
    struct alignas(128) hand  // on cache lines of its own
    {
        restored_tokens found;
        std::uint64_t last_serial = 0;       // of the records that tokens name
        std::uint64_t last_address = 0;      // of the addresses, likewise
        std::vector<named> known;            // by the numbers of records
        std::vector<named> known_addresses;  // by the numbers of addresses
        std::array<arrival, together> ahead;
        std::size_t ahead_count = 0;
    };

    struct judged
    {
        arrival const* token = nullptr;
        named* whose = nullptr;
    };

    // Stores a record when the first token names it. Returns 0 if the record is damaged. `number` counts from 1.
    std::uint32_t stored(std::uint32_t number)
    {
        if (auto const known = stored_[number].load(std::memory_order_relaxed); known != 0)
            return known;
        std::span<char const> const bytes{records_[number - 1].bytes};
        auto const owner = bytes.empty() || bytes.size() > max_principal_bytes ? std::nullopt : owner_of_(bytes);
        if (!owner)
            return 0;
        auto const record = import_.add_principal(bytes, owner->identity, records_[number - 1].serial, owner->share);
        if (record == 0)
            throw std::runtime_error{"the tokens file holds principals that do not fit the room for them"};
        stored_[number].store(record, std::memory_order_relaxed);
        return record;
    }

    // `again`: some of the tokens may be restored already.
    void add_tokens(journal_part const& part, bool again)
    {
        constexpr std::size_t some = std::size_t{1} << 18;
        auto const pieces = part.split(part.count / some + 2);
        in_two_threads(pieces.size(),
                       [&](std::size_t piece, std::size_t by) { add_some(pieces[piece], again, hands_[by]); });
    }

    void add_some(journal_part const& part, bool again, hand& by)
    {
        auto const seen = for_each_entry(part, [&](journal_entry const& e) {
            if (e.kind != entry_kind::issue)
                return;
            token_key const key{e.a, e.b};
            import_.prefetch(key);
            ends_.prefetch(key.b);
            numbers_.prefetch(e.serial);
            by.last_serial = std::max(by.last_serial, e.serial);
            by.last_address = std::max(by.last_address, e.address);
            by.ahead[by.ahead_count++] = {key, e.issued, e.expires, e.serial, e.address};
            if (by.ahead_count == together)
                place(by, again);
        });
        place(by, again);
        if (!again)  // in a snapshot every unit is a token
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
        if (import_.reserve(count) > most_)
            throw std::runtime_error{"the tokens file holds more live tokens than fit: " + std::to_string(most_)};
        for (auto const& [token, whose] : std::span{living}.first(count))
        {
            import_.add(token->key, whose->record, token->issued, token->expires, address_of(*token, by));
            ++whose->tokens;
        }
        by.found.live += count;
    }

    // Returns nothing if the token has ended, is restored already, or is damaged. Else sets the end of `e` as the log
    // has it.
    judged judge(arrival& e, bool again, hand& by)
    {
        auto const recorded = ends_(e.key.a, e.key.b);
        if (recorded == latest_ends::ended || (again && import_.contains(e.key)))
            return {};
        e.expires = std::max(recorded, e.expires);
        if (e.expires <= now_)
        {
            ++by.found.expired;
            return {};
        }
        bool const sound = e.issued < e.expires && e.expires - e.issued < life_word::issue_span;
        auto& whose = by.known[e.number];
        if (sound && e.number != 0 && (whose.record != 0 || (whose.record = stored(e.number)) != 0))
        {
            if (e.issued > now_)  // its clock was wrong: its whole life begins now
            {
                e.expires = now_ + (e.expires - e.issued);
                e.issued = now_;
                ++by.found.postdated;
            }
            return {&e, &whose};
        }
        ++by.found.damaged;
        return {};
    }

    // Returns 0 if the address is unknown. Each thread holds an address as if by one more token until all are counted.
    std::uint32_t address_of(arrival const& token, hand& by)
    {
        if (token.address == 0)
            return 0;
        auto const number = address_numbers_(token.address);
        auto& address = by.known_addresses[number];
        if (number != 0 && address.record == 0)
            address.record = import_.add_address(addresses_[number - 1].bytes, token.address);
        address.tokens += address.record != 0;
        return address.record;
    }

    void count_tokens()
    {
        std::vector<import_count> principals;
        principals.reserve(stored_.size());
        for (std::size_t i = 1; i < stored_.size(); ++i)
            if (auto const record = stored_[i].load(std::memory_order_relaxed); record != 0)
                principals.push_back({record, hands_[0].known[i].tokens + hands_[1].known[i].tokens});
        import_.count_principals(principals);
    }

    void count_addresses()
    {
        for (auto const& h : hands_)
            for (auto const& address : h.known_addresses)
                if (address.record != 0)
                    import_.count_address({address.record, address.tokens});
    }

    void finish(std::uint64_t last_serial, std::uint64_t last_address)
    {
        for (auto const& h : hands_)
        {
            last_serial = std::max(last_serial, h.last_serial);
            last_address = std::max(last_address, h.last_address);
        }
        import_.finish(last_serial, last_address);
    }

    table_import import_;
    identify const& owner_of_;
    std::uint32_t const now_;
    std::size_t const most_;
    latest_ends const& ends_;
    std::vector<journal_record> const& records_;  // numbered from 1
    std::vector<std::atomic<std::uint32_t>>
        stored_;  // the record of each; relaxed: a thread that reads 0 asks the index, which knows
    serial_numbers const numbers_;
    std::vector<journal_record> const& addresses_;  // numbered from 1
    serial_numbers const address_numbers_;
    restored_tokens found_;
    std::array<hand, 2> hands_;
};

}  // namespace

restored_tokens restore(table& into, journal_contents const& from, identify const& owner_of,
                        std::chrono::sys_seconds now, std::size_t most)
{
    return restoring{into, from, owner_of, narrow(now), most}.found();
}

}  // namespace tokend
