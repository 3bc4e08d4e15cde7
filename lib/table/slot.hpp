#pragma once

#include "table/key.hpp"
#include "table/life.hpp"
#include "table/record_label.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

// Every memory order that a find depends on stands in this header; record_serial.hpp has its own, check_mark.hpp and
// the hint of record_names.hpp order nothing. Orders are on operations, never on fences, so that the thread sanitizer
// sees them; all but the compare-exchanges are plain moves on x86-64. The atomics are a parameter: a test's interrupt
// at each step.
//
// Invariants
//   I1  BUSY has one owner, the thread whose compare-exchange made it. a and b change under BUSY only, by the owner;
//       record too, and under I8.
//   I2  A slot's life word does not repeat within 255 claims and replacements, so equal words before and after a
//       reading mean one and the same token. (It would take 256 of them in one slot within one reading, the last with
//       the first's second of issue and expiry.)
//   I3  A line counts its passers by class: entries whose path leads past that line. An entry counts from
//       before it is published until after it is taken, so a LIVE key is reachable whatever the order in which these
//       numbers are read.
//   I4  An entry never moves, and a key stands in one slot: digests inserted are fresh.
//   I5  Slots not EMPTY <= credits taken + exchanges <= slots, so a walk around the table finds an EMPTY one.
//   I6  The words of a record do not change while a LIVE slot names it.
//   I7  Unless a search is under way or it is not kept, the mark is not above the expiry of any LIVE entry whose insert
//       has returned.
//   I8  The record of a listed token changes only under the stripe lock of its owner, to another record of the same
//       owner, whose words are stored and which is held for so long. Whoever has taken the token lists it out under
//       that lock before it gives the slot, so whenever the lock is free, a slot that is not given yet holds the number
//       of the record that lists its token.
//
// Pairs (release on the left, acquire on the right)
//   A   publish stores LIVE | a reading loads life first: who sees LIVE sees a, b, record, the record's words and the
//       path's counts. Extending is a read-modify-write, so it continues publish's release sequence.
//   B   the owner stores a, b, record | a reading loads them, then life again: who read a word of a later tenant sees
//       that its life has changed, and throws the reading away. Acquire on the data is what keeps the last load last.
//   B'  the same for the words of records: whoever writes to cells that were freed comes after the end of the last
//       token that named the record there (stripe and space locks), be it to keep account of free cells or to store a
//       record that lies there otherwise. A reader that reads such a word sees that the life of its slot has changed.
//       Until it looks, it may have taken any word for a label: every label's length is in bounds, and behind the last
//       cell there is memory for the longest record.
//   C   give stores EMPTY | claim: the next owner comes after all that the last one stored.
//   D   passers: with I3, each load on the path of a key that was inserted before and is not yet erased yields 1 or
//       more for its class, because all values after that +1 and before its -1 contain it.
//   E   a credit is returned after give | taken before claim: the taker's walk meets an EMPTY slot in its first lap.
//       Without the pair it would walk on until it saw one; nothing else depends on it.
//   F   lowering the mark | resetting it; both are read-modify-writes: see soonest_mark.
//   G   replace stores another record, then a life of the next version by compare-exchange | a reading loads life, then
//       record. Who sees the new life sees the new record (as by A). Who still sees the old life may read either
//       record: both are whole, the old one because it is freed only behind the exchange (B'), the new one because it
//       is freed only if the exchange failed, and then life has changed. If a taker is faster, the exchange fails and
//       the old number is stored again, under the lock. The taker may have read either number; it needs to know the
//       stripe alone, which is the same for both. It reads the stripe from the record's label before its own
//       compare-exchange, which proves the reading like a last load of life (B'), and the number only under the lock.
namespace tokend {

// One consistent reading of a LIVE slot.
struct sighting
{
    life_word life;
    token_key key;
    std::uint32_t record = 0;
};

// The number of entries that passed a line on their path (I3), by class. A search continues only if entries of its
// key's class have passed, so the search for a missing key ends soon, however many others have passed. A number that
// reaches its highest value stays there, which only costs a search a step.
template <template <class> class Atomic>
class basic_passers
{
public:
    static constexpr std::uint32_t stuck = 0xf;

    std::uint32_t of_class(token_key key) const noexcept
    {
        return part(numbers_.load(std::memory_order_acquire), shift_of(key));  // D
    }
    void enter(token_key key) noexcept { add(1, shift_of(key)); }
    void leave(token_key key) noexcept { add(-1, shift_of(key)); }

    // Of all classes together.
    std::uint32_t all() const noexcept
    {
        std::uint32_t sum = 0;
        for (unsigned shift = 0; shift < width * classes; shift += width)
            sum += part(numbers_.load(std::memory_order_relaxed), shift);
        return sum;
    }
    // How many classes have a number that is neither that of `right` nor stuck.
    std::size_t wrong(basic_passers const& right) const noexcept
    {
        std::size_t sum = 0;
        for (unsigned shift = 0; shift < width * classes; shift += width)
        {
            auto const number = part(numbers_.load(std::memory_order_relaxed), shift);
            sum += number != stuck && number != part(right.numbers_.load(std::memory_order_relaxed), shift);
        }
        return sum;
    }

private:
    static constexpr unsigned classes = 8;
    static constexpr unsigned width = 4;

    // By the low bits of the second half: a path is led by the high bits of both.
    static unsigned shift_of(token_key key) noexcept { return static_cast<unsigned>(key.b % classes) * width; }
    static std::uint32_t part(std::uint32_t numbers, unsigned shift) noexcept { return numbers >> shift & stuck; }

    void add(int step, unsigned shift) noexcept
    {
        auto const change = static_cast<std::uint32_t>(step) << shift;
        auto seen = numbers_.load(std::memory_order_relaxed);
        while (part(seen, shift) != stuck &&
               !numbers_.compare_exchange_weak(seen, seen + change, std::memory_order_acq_rel,
                                               std::memory_order_relaxed))  // D
            ;
    }

    Atomic<std::uint32_t> numbers_;
};

// 32 bytes: a | b | life | record 32 | passers 32. The passers are those of a line. They do not belong to the token in
// the slot, and stay when it ends.
template <template <class> class Atomic>
class basic_slot
{
public:
    // A hint: the present, the last or the next value of a.
    std::uint64_t peek() const noexcept { return a_.load(std::memory_order_relaxed); }
    life_word life() const noexcept { return life_word{life_.load(std::memory_order_relaxed)}; }

    // EMPTY to BUSY. Returns false if the slot was not EMPTY, or another thread was faster.
    bool claim() noexcept
    {
        auto const seen = life();
        return seen.empty() && swap_life(seen, seen.claimed(), std::memory_order_acquire);  // C
    }

    // BUSY to LIVE. REQUIRES: the caller owns the slot.
    void publish(token_key key, std::uint32_t record, std::uint32_t issued, std::uint32_t expires) noexcept
    {
        a_.store(key.a, std::memory_order_release);                                        // B
        b_.store(key.b, std::memory_order_release);                                        // B
        record_.store(record, std::memory_order_release);                                  // B
        life_.store(life().published(issued, expires).bits(), std::memory_order_release);  // A
    }

    // Returns true if the key is LIVE here. The reading is valid only if still() returns true afterwards.
    bool glance(token_key key, sighting& out) const noexcept
    {
        out.life = life_word{life_.load(std::memory_order_acquire)};  // A
        read_data(out);
        return out.key == key && out.life.live();
    }

    // Returns false if the slot is not LIVE.
    bool read(sighting& out) const noexcept
    {
        for (;;)
        {
            out.life = life_word{life_.load(std::memory_order_acquire)};  // A
            if (!out.life.live())
                return false;
            read_data(out);
            if (still(out.life))
                return true;
        }
    }

    // The last load of a reading. Returns true if everything read since `seen` was loaded belongs to that one token.
    bool still(life_word seen) const noexcept { return life() == seen; }  // B, B'

    // LIVE to BUSY: the end of a token. Returns false if the life is no longer `seen`.
    bool take(life_word seen) noexcept { return swap_life(seen, seen.taken(), std::memory_order_acq_rel); }  // A, B'

    // LIVE with another expiry. Returns false if the life is no longer `seen`.
    bool extend(life_word seen, std::uint32_t expires) noexcept
    {
        return swap_life(seen, seen.extended(expires), std::memory_order_relaxed);  // A: see there
    }

    // LIVE with another record. REQUIRES: I8. Returns false if it was no longer `seen`; then the record is the new one,
    // until the caller stores another or succeeds.
    bool replace(life_word seen, std::uint32_t record) noexcept
    {
        record_.store(record, std::memory_order_release);                   // B, G
        return swap_life(seen, seen.renamed(), std::memory_order_acq_rel);  // G
    }
    void restore(std::uint32_t record) noexcept { record_.store(record, std::memory_order_release); }  // B, G

    // The contents of a taken slot. REQUIRES: the caller owns the slot, and for the record holds the lock of I8.
    token_key key() const noexcept { return {a_.load(std::memory_order_relaxed), b_.load(std::memory_order_relaxed)}; }
    std::uint32_t record() const noexcept { return record_.load(std::memory_order_relaxed); }

    // BUSY to EMPTY. REQUIRES: the caller owns the slot.
    void give() noexcept
    {
        a_.store(0, std::memory_order_release);                         // B
        life_.store(life().given().bits(), std::memory_order_release);  // C
    }

private:
    void read_data(sighting& out) const noexcept
    {
        out.key = {a_.load(std::memory_order_acquire), b_.load(std::memory_order_acquire)};  // B
        out.record = record_.load(std::memory_order_acquire);                                // B
    }

    bool swap_life(life_word seen, life_word next, std::memory_order order) noexcept
    {
        auto expected = seen.bits();
        return life_.compare_exchange_strong(expected, next.bits(), order, std::memory_order_relaxed);
    }

    Atomic<std::uint64_t> a_;
    Atomic<std::uint64_t> b_;
    Atomic<std::uint64_t> life_;
    Atomic<std::uint32_t> record_;

public:
    basic_passers<Atomic> passers;  // of the line that begins with this slot; unused in others
};

// The words of a record: its label, then the bytes, the last word filled up. The same memory holds other records before
// and after, cut otherwise, and in between the notes on free cells: all that is ever stored there is such a word, with
// the order of pair B'.
template <template <class> class Atomic, std::size_t Longest = max_principal_bytes>
struct basic_record_words
{
    using word = Atomic<std::uint64_t>;
    static constexpr std::size_t width = sizeof(std::uint64_t);

    static constexpr std::size_t count(std::size_t bytes) noexcept { return 1 + (bytes + width - 1) / width; }

    // REQUIRES: the label has the length of the bytes.
    static void store(word* to, record_label label, std::span<char const> bytes) noexcept
    {
        to[0].store(label.bits(), std::memory_order_release);  // B'
        for (std::size_t at = 0; at < bytes.size(); at += width)
        {
            std::uint64_t value = 0;
            std::memcpy(&value, bytes.data() + at, std::min(width, bytes.size() - at));
            to[1 + at / width].store(value, std::memory_order_release);  // B'
        }
    }

    static record_label label(word const* from) noexcept
    {
        return record_label{from[0].load(std::memory_order_acquire)};  // B'
    }

    // REQUIRES: `out` has room for the longest record, and so many words can be read from `from` on. The copy means
    // nothing until still() has returned that the token that led here has lived meanwhile.
    static record_label copy(word const* from, char* out) noexcept
    {
        auto const label = basic_record_words::label(from);
        auto const length = label.template length<Longest>();
        for (std::size_t at = 0; at < length; at += width)
        {
            auto const value = from[1 + at / width].load(std::memory_order_acquire);  // B'
            std::memcpy(out + at, &value, width);
        }
        return label;
    }
};

// The capacity: credits that are taken before a slot is claimed and returned after it is given, never more than the
// limit. A token that takes the place of another one takes its credit over. It is an exchange until the other's slot is
// given, and needs a slot meanwhile: credits and exchanges together are never more than the slots (I5).
template <template <class> class Atomic>
class basic_credit_count
{
public:
    explicit basic_credit_count(std::size_t limit) noexcept : basic_credit_count{limit, limit} {}
    // REQUIRES: both fit 32 bits, as the numbers of slots do.
    basic_credit_count(std::size_t limit, std::size_t slots) noexcept
        : limit_{static_cast<std::uint32_t>(limit)}, slots_{static_cast<std::uint32_t>(slots)}
    {}

    std::size_t limit() const noexcept { return limit_; }
    std::size_t taken() const noexcept { return credits(counts_.load(std::memory_order_relaxed)); }

    bool take() noexcept
    {
        auto seen = counts_.load(std::memory_order_relaxed);
        while (credits(seen) < limit_ && has_slot(seen))
            if (counts_.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire,
                                              std::memory_order_relaxed))  // E
                return true;
        return false;
    }
    // Takes credits beyond the limit, for tokens that exist already. Until as many are given back, take() fails.
    void take_beyond(std::size_t count) noexcept { counts_.fetch_add(count, std::memory_order_acquire); }  // E
    void give() noexcept { counts_.fetch_sub(1, std::memory_order_release); }                              // E

    bool begin_exchange() noexcept
    {
        auto seen = counts_.load(std::memory_order_relaxed);
        while (has_slot(seen))
            if (counts_.compare_exchange_weak(seen, seen + exchange, std::memory_order_acquire,
                                              std::memory_order_relaxed))  // E
                return true;
        return false;
    }
    void end_exchange() noexcept { counts_.fetch_sub(exchange, std::memory_order_release); }  // E
    // Instead of its end: the other token has ended otherwise, and returns its credit itself.
    void keep_exchange() noexcept { counts_.fetch_sub(exchange - 1, std::memory_order_relaxed); }

private:
    static constexpr unsigned credit_bits = 48;  // the low ones; the others count exchanges
    static constexpr std::uint64_t exchange = std::uint64_t{1} << credit_bits;
    static std::size_t credits(std::uint64_t counts) noexcept { return counts & (exchange - 1); }
    bool has_slot(std::uint64_t counts) const noexcept { return credits(counts) + (counts >> credit_bits) < slots_; }

    std::uint32_t const limit_;
    std::uint32_t const slots_;
    Atomic<std::uint64_t> counts_{0};
};

// Not above the soonest expiry in the table, so that a full table need not be searched before then (I7). Not kept at
// first, and then 0; a search begins to keep it. Inserts lower it after they publish, if it is kept. A search resets
// it, looks at every slot, and lowers it to what it saw: an insert that lowered before the reset is seen by the search
// (F), one that lowers later counts.
template <template <class> class Atomic>
class basic_soonest_mark
{
public:
    static constexpr std::uint32_t never = ~std::uint32_t{0};

    std::uint32_t get() const noexcept { return mark_.load(std::memory_order_relaxed); }

    // Returns the mark as it was at that very step, to be lowered to by a search that is not finished. 0: it was not
    // kept. Then inserts under way may not know yet that it is, and the search has to wait until they are over.
    std::uint32_t reset() noexcept { return mark_.exchange(never, std::memory_order_acq_rel); }  // F

    void lower(std::uint32_t expiry) noexcept
    {
        for (auto seen = get(); seen != 0;)
            if (mark_.compare_exchange_weak(seen, std::min(seen, expiry), std::memory_order_acq_rel,
                                            std::memory_order_relaxed))  // F
                return;
    }
    void forget() noexcept { mark_.store(0, std::memory_order_relaxed); }

private:
    Atomic<std::uint32_t> mark_{0};
};

}  // namespace tokend
