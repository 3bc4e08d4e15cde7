#include "table/exploration/stage.hpp"

#include <algorithm>
#include <cstdlib>

namespace tokend::exploration {
namespace {

constexpr auto never = basic_soonest_mark<model_atomic>::never;
constexpr std::uint32_t torn = 0xbad;

// The bytes of a record name its key once or, in every second record, twice.
constexpr std::size_t bytes_of(unsigned number) { return number % 2 == 0 ? 16 : 8; }

// The words of its record, if it begins with this one.
constexpr std::uint64_t words_of(unsigned number, std::size_t begin)
{
    return ((std::uint64_t{1} << record_words::count(bytes_of(number))) - 1) << begin;
}

// The first of free words for a record. Every second record lets one free word be, so that records overlap those before
// them.
std::size_t begin_for(unsigned number, std::uint64_t free)
{
    for (std::size_t begin = number % 2 == 0 ? 1 : 0; begin < record_begins; ++begin)
        if (auto const words = words_of(number, begin); (free & words) == words)
            return begin;
    std::abort();  // a program with too many records
}

void tell(sighting const& seen, outcome& out) noexcept
{
    out.issued = seen.life.issued();
    out.expires = seen.life.expiry();
}

}  // namespace

stage::stage(scene const& where) noexcept
    : where_{where}, places_{where.pairs * slots::page_size}, table_{std::span{places_.pages}.first(where.pairs)}
{}

void stage::set_up(memory& shared) noexcept
{
    auto const initially = [&](std::size_t cell, std::uint64_t value) {
        shared.perform(0, {.what = action::store, .cell = static_cast<std::uint8_t>(cell), .value = value}, 0);
    };
    initially(mark_cell, where_.mark == scene::kept ? never : 0);
    initially(guard_cell, where_.words ? (1U << record_room) - 1 : 0);
    shared.settle();
    for (std::uint8_t number = 1; number <= where_.keys; ++number)
    {
        outcome ignored;
        insert({.what = operation::kind::insert, .number = number, .expires = expiry}, ignored);
        shared.settle();
    }
}

void stage::perform(operation const& o, std::uint32_t soonest, outcome& out) noexcept
{
    using enum operation::kind;
    out = {};
    switch (o.what)
    {
    case insert:
        return this->insert(o, out);
    case find:
        return this->find(o, out);
    case erase:
        return this->erase(o, out);
    case touch:
        out.done = table_.extend(key(o.number), o.expires, early);
        return;
    case replace:
        return this->replace();
    case sweep:
        return this->sweep(o, out);
    case look:
        return this->look(o, out);
    case reset:
        reset_mark();
        return;
    case cut:
        return places_.mark.lower(reset_mark());
    case forget:
        places_.mark.forget();
        return;
    case lower:
        places_.mark.lower(soonest);
        return;
    }
}

void stage::insert(operation const& o, outcome& out) noexcept
{
    if (where_.credits && !places_.credits.take())
        return;
    auto const record = where_.words ? make_record(o.number) : o.number;
    if (where_.mark != scene::no_mark)
        places_.guard.lock();
    out.slot = static_cast<std::uint8_t>(table_.insert(key(o.number), record, issue, o.expires));
    if (where_.lists && o.number == 1)
        places_.listed.store(record, std::memory_order_relaxed);  // before the threads begin
    if (where_.mark != scene::no_mark)
    {
        places_.mark.lower(o.expires);
        places_.guard.unlock();
    }
    out.done = true;
}

// Returns the mark as it was, as the table's search does.
std::uint32_t stage::reset_mark() noexcept
{
    auto const before = places_.mark.reset();
    if (before == 0)
    {
        places_.guard.lock();
        places_.guard.unlock();
    }
    return before;
}

void stage::find(operation const& o, outcome& out) noexcept
{
    sighting seen;
    out.done = table_.find(key(o.number), early, [&](sighting const& found) {
        seen = found;
        out.content = content_of(found.record);
    });
    if (out.done)
        tell(seen, out);
    else
        out.content = 0;
}

void stage::erase(operation const& o, outcome& out) noexcept
{
    sighting seen;
    auto* const taken = table_.take(key(o.number), seen);
    if (taken == nullptr)
        return;
    tell(seen, out);
    end(*taken, out);
    out.done = true;
}

void stage::sweep(operation const& o, outcome& out) noexcept
{
    auto& held = table_[o.number];
    if (!table_.take_expired(held, late, out.soonest))
        return;
    out.key = exploration::number_of(held.key());
    end(held, out);
    out.done = true;
}

void stage::look(operation const& o, outcome& out) noexcept
{
    sighting seen;
    auto const& held = table_[o.number];
    do
    {
        out.content = 0;
        if (!held.read(seen))
            return;
        out.content = content_of(seen.record);
    } while (where_.words && !held.still(seen.life));
    tell(seen, out);
    out.key = exploration::number_of(seen.key);
    out.done = true;
}

// What follows a take. A listed token is listed out under the lock, by the record that the slot then holds.
void stage::end(slots::slot& taken, outcome& out) noexcept
{
    auto const number = exploration::number_of(taken.key());
    if (!where_.lists || number != 1)
    {
        out.content = content_of(taken.record());
        return finish(taken, number);
    }
    places_.stripe.lock();
    auto const record = taken.record();
    auto const content = content_of(record);
    out.content = record == places_.listed.load(std::memory_order_relaxed) && content != torn ? number : torn;
    places_.listed.store(0, std::memory_order_relaxed);
    places_.stripe.unlock();
    finish(taken, content == torn ? number : content);
}

// The first key's token stands in the first slot. It takes effect when a thread first sees the
// new record, if it is not ended before.
void stage::replace() noexcept
{
    places_.stripe.lock();
    if (auto const from = static_cast<std::uint32_t>(places_.listed.load(std::memory_order_relaxed)); from != 0)
    {
        auto const old = content_of(from);
        auto const to = make_record(replacement);
        bool const replaced = table_.replace(table_[0], from, to);
        places_.listed.store(replaced ? to : from, std::memory_order_relaxed);
        places_.guard.fetch_add(replaced ? words_of(old, from - 1) : words_of(replacement, to - 1),
                                std::memory_order_release);
    }
    places_.stripe.unlock();
}

// The order of table::finish: the record's memory, the slot, the credit.
void stage::finish(slots::slot& taken, unsigned content) noexcept
{
    if (where_.words)
        places_.guard.fetch_add(words_of(content, taken.record() - 1), std::memory_order_release);
    table_.give(taken);
    if (where_.credits)
        places_.credits.give();
}

// The steps are those of the lock of free blocks: who takes a record comes after who gave it.
std::uint32_t stage::make_record(unsigned number) noexcept
{
    auto free = places_.guard.load(std::memory_order_relaxed);
    while (!places_.guard.compare_exchange_strong(free, free & ~words_of(number, begin_for(number, free)),
                                                  std::memory_order_acquire, std::memory_order_relaxed))
        ;
    auto const begin = begin_for(number, free);
    std::array const bytes{std::uint64_t{number}, std::uint64_t{number}};
    record_words::store(&places_.records[begin], record_label{number, 0, bytes_of(number)},
                        {reinterpret_cast<char const*>(bytes.data()), bytes_of(number)});
    return static_cast<std::uint32_t>(begin + 1);
}

std::uint32_t stage::content_of(std::uint32_t record) const noexcept
{
    if (!where_.words)
        return record;
    if (record == 0 || record > record_begins)
        return torn;
    std::array<std::uint64_t, 2> bytes{};
    auto const label = record_words::copy(&places_.records[record - 1], reinterpret_cast<char*>(bytes.data()));
    auto const length = label.length<16>();
    auto const number = static_cast<std::uint32_t>(bytes[0]);
    auto const whole = label.keeper() == number && length == bytes_of(number) && (length == 8 || bytes[0] == bytes[1]);
    return whole ? number : torn;
}

std::string_view stage::fault() noexcept
{
    std::size_t lengths = 0;
    auto soonest = never;
    for (std::size_t i = 0; i < table_.size(); ++i)
    {
        auto const life = table_[i].life();
        sighting seen;
        if (!life.live() && !life.empty())
            return "a slot is left BUSY";
        if (!life.live())
            continue;
        lengths += table_.path_length(table_[i]);
        soonest = std::min(soonest, life.expiry());
        if (table_.locate(table_[i].key(), seen) != &table_[i])
            return "a live key is out of reach";
    }
    if (lengths != table_.passers_told())
        return "counters are not path lengths";
    if (where_.mark != scene::no_mark && places_.mark.get() > soonest)
        return "the mark is above the soonest expiry";
    if (where_.lists &&
        places_.listed.load(std::memory_order_relaxed) !=
            (table_[0].life().live() && exploration::number_of(table_[0].key()) == 1 ? table_[0].record() : 0))
        return "a token is not listed by its record";
    return {};
}

}  // namespace tokend::exploration
