#include "table/table.hpp"

#include "journal/told_ends.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <new>
#include <stdexcept>
#include <vector>

// A table from a tokens file, and back.
namespace tokend {
namespace {

using std::chrono::sys_seconds;

std::uint32_t narrow(sys_seconds t) noexcept { return static_cast<std::uint32_t>(t.time_since_epoch().count()); }

token_key key_of(journal_entry const& entry) noexcept { return {entry.a, entry.b}; }

std::size_t units_of(journal_part const& part) noexcept { return part.units.size() / journal_unit::size; }

}  // namespace

// The tokens of some parts, several of which may be read at once.
class table::restoring
{
public:
    restoring(table& into, journal_contents const& from, identify const& identity_of, std::uint32_t now,
              std::size_t most)
        : table_{into}, identity_of_{identity_of}, now_{now}, most_{most}, ends_{from.logs}
    {
        auto const record = [this](journal_entry const& e) {
            if (e.kind == entry_kind::record)
                add_record(e);
        };
        found_.damaged += units_of(from.records) - for_each_entry(from.records, record).read;
        for (auto const& log : from.logs)
            found_.damaged += for_each_entry(log, record).unreadable;
        add_tokens(from.tokens, false);
        for (auto const& log : from.logs)
            add_tokens(log, true);
    }

    restored_tokens found() const noexcept { return found_; }

private:
    struct named_record
    {
        named_record(std::uint64_t s, std::span<char const> b) : serial{s}, bytes{b} {}
        std::uint64_t serial;
        std::span<char const> bytes;
        std::atomic<std::uint32_t> record = 0;  // relaxed: whoever finds it 0 asks the index, which knows
    };

    void add_record(journal_entry const& e)
    {
        if (numbers_.find(e.serial, 0) != 0)
            return;
        records_.emplace_back(e.serial, e.bytes);
        if (!numbers_.insert(e.serial, 0, static_cast<std::uint32_t>(records_.size())))
            throw std::bad_alloc{};
    }

    // Only those that a token names are stored. 0: there is none with that serial.
    std::uint32_t record_of(std::uint64_t serial)
    {
        auto const number = numbers_.find(serial, 0);
        if (number == 0)
            return 0;
        auto& named = records_[number - 1];
        if (auto const known = named.record.load(std::memory_order_relaxed); known != 0)
            return known;
        auto const identity =
            named.bytes.empty() || named.bytes.size() > max_principal_bytes ? std::nullopt : identity_of_(named.bytes);
        if (!identity)
            return 0;
        auto const record = table_.index_.restore_record(table_.index_.prepare(named.bytes, *identity), serial);
        if (record == 0)
            throw std::runtime_error{"the tokens file holds principals that do not fit the room for them"};
        named.record.store(record, std::memory_order_relaxed);
        return record;
    }

    // `again`: some may be there already.
    void add_tokens(journal_part const& part, bool again)
    {
        std::vector<std::future<restored_tokens>> halves;
        for (auto const& half : part.split(2))
            halves.push_back(std::async(std::launch::async, [this, half, again] { return add_some(half, again); }));
        for (auto& h : halves)
        {
            auto const some = h.get();
            found_.live += some.live;
            found_.expired += some.expired;
            found_.damaged += some.damaged;
        }
    }

    restored_tokens add_some(journal_part const& part, bool again)
    {
        restored_tokens found;
        std::array<journal_entry, 16> ahead;  // their memory comes into the cache together
        std::size_t count = 0;
        auto const add_all = [&] {
            for (auto const& e : std::span{ahead}.first(std::exchange(count, 0)))
                add(e, again, found);
        };
        auto const seen = for_each_entry(part, [&](journal_entry const& e) {
            if (e.kind != entry_kind::issue)
                return;
            table_.prefetch(key_of(e));
            ahead[count++] = e;
            if (count == ahead.size())
                add_all();
        });
        add_all();
        if (!again)  // a snapshot, of which every unit is a token
            found.damaged += units_of(part) - seen.read;
        return found;
    }

    void add(journal_entry const& e, bool again, restored_tokens& found)
    {
        auto const key = key_of(e);
        auto const told = ends_(e.a, e.b);
        auto const expires = std::max(told, e.expires);
        sighting seen;
        if (told == told_ends::ended || (again && table_.slots_.locate(key, seen) != nullptr))
            return;
        if (expires <= now_)
        {
            ++found.expired;
            return;
        }
        auto const record = record_of(e.serial);
        if (record == 0 || e.issued >= expires || expires - e.issued >= life_word::issue_span)
        {
            ++found.damaged;
            return;
        }
        table_.credits_.take_beyond();
        if (table_.credits_.taken() > most_)
            throw std::runtime_error{"the tokens file holds more live tokens than fit: " + std::to_string(most_)};
        table_.index_.restore(record,
                              [&](std::uint32_t) { return table_.slots_.insert(key, record, e.issued, expires); });
        ++found.live;
    }

    table& table_;
    identify const& identity_of_;
    std::uint32_t const now_;
    std::size_t const most_;
    told_ends const ends_;
    std::deque<named_record> records_;
    record_names numbers_;  // of them by their serials, from 1
    restored_tokens found_;
};

restored_tokens table::restore(journal_contents const& from, identify const& identity_of, sys_seconds now,
                               std::size_t most)
{
    return restoring{*this, from, identity_of, narrow(now), std::min(most, slots_.size())}.found();
}

void table::write_to(journal& kept, std::uint64_t openings) noexcept
{
    constexpr unsigned in_one_opening = 36;  // bits, of the 56 that an entry has room for
    index_.count_serials_from(openings << in_one_opening | 1);
    journal_ = &kept;
}

void table::write_snapshot(journal::snapshot& to, sys_seconds now)
{
    index_.for_each_record([&](std::uint64_t number, std::span<char const> bytes) {
        to.add({.kind = entry_kind::record, .serial = number, .bytes = bytes});
    });
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (auto const token = entry_of(slots_[i], narrow(now)))
            to.add(*token);
}

// Nothing: there is no token that belongs into a snapshot.
std::optional<journal_entry> table::entry_of(atomic_slots::slot const& held, std::uint32_t now) const noexcept
{
    for (sighting seen; held.life().live() && held.read(seen) && !seen.life.expired(now);)
    {
        auto const& serial = index_.serial(seen.record);
        journal_entry const token{.kind = entry_kind::issue,
                                  .a = seen.key.a,
                                  .b = seen.key.b,
                                  .issued = seen.life.issued(),
                                  .expires = seen.life.expiry(),
                                  .serial = serial.number()};
        bool const told = serial.is_told();  // else its insert is under way, and writes to the log behind the snapshot
        if (!held.still(seen.life))
            continue;
        if (told)
            return token;
        break;
    }
    return {};
}

bool table::put_in_order()
{
    return index_.put_in_order([this](std::uint32_t slot) { return slots_[slot].life().issued(); }) == 0;
}

}  // namespace tokend
