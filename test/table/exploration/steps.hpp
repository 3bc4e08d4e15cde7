#pragma once

#include "table/exploration/atomic_step.hpp"
#include "table/life.hpp"

// Which step of the protocol is it? And ways to do it worse.
namespace tokend::exploration::steps {

inline bool is(atomic_step const& s, word of, action what) { return s.of == of && s.what == what; }
inline bool was_live(atomic_step const& s) { return life_word{s.expected}.live(); }
inline bool will_be_live(atomic_step const& s) { return life_word{s.value}.live(); }
inline bool acquires(atomic_step const& s) { return s.order != std::memory_order_relaxed; }

inline bool changes_life(atomic_step const& s) { return is(s, word::life, action::compare); }
inline bool claims(atomic_step const& s) { return changes_life(s) && !was_live(s); }
inline bool extends(atomic_step const& s)
{
    return changes_life(s) && was_live(s) && will_be_live(s) &&
           life_word{s.value}.expiry() != life_word{s.expected}.expiry();
}
inline bool replaces(atomic_step const& s)
{
    return changes_life(s) && was_live(s) && will_be_live(s) &&
           life_word{s.value}.expiry() == life_word{s.expected}.expiry();
}
inline bool takes(atomic_step const& s) { return changes_life(s) && was_live(s) && !will_be_live(s); }
inline bool publishes(atomic_step const& s) { return is(s, word::life, action::store) && will_be_live(s); }
inline bool gives(atomic_step const& s) { return is(s, word::life, action::store) && !will_be_live(s); }
inline bool writes_life(atomic_step const& s) { return s.of == word::life && s.writes(); }

inline bool clears_a(atomic_step const& s) { return is(s, word::a, action::store) && s.value == 0; }
inline bool writes_a(atomic_step const& s) { return is(s, word::a, action::store) && s.value != 0; }
inline bool writes_b(atomic_step const& s) { return is(s, word::b, action::store); }
inline bool writes_number(atomic_step const& s) { return is(s, word::number, action::store); }
inline bool writes_data(atomic_step const& s) { return writes_a(s) || writes_b(s) || writes_number(s); }
inline bool writes_record(atomic_step const& s) { return is(s, word::record, action::store); }

inline bool looks(atomic_step const& s) { return is(s, word::life, action::load) && acquires(s); }
inline bool looks_again(atomic_step const& s) { return is(s, word::life, action::load) && !acquires(s); }
inline bool looks_again_after_number(atomic_step const& s) { return looks_again(s) && s.after == word::number; }
inline bool looks_again_after_copy(atomic_step const& s) { return looks_again(s) && s.after == word::record; }
inline bool reads_a(atomic_step const& s) { return is(s, word::a, action::load) && acquires(s); }
inline bool reads_b(atomic_step const& s) { return is(s, word::b, action::load); }
inline bool reads_number(atomic_step const& s) { return is(s, word::number, action::load); }
inline bool reads_record(atomic_step const& s) { return is(s, word::record, action::load); }

inline bool counts(atomic_step const& s) { return is(s, word::counter, action::compare); }
inline bool counts_in(atomic_step const& s) { return counts(s) && s.value > s.expected; }
inline bool counts_out(atomic_step const& s) { return counts(s) && s.value < s.expected; }
inline bool reads_count(atomic_step const& s) { return is(s, word::counter, action::load) && acquires(s); }

inline bool takes_credit(atomic_step const& s) { return is(s, word::credits, action::compare); }
inline bool returns_credit(atomic_step const& s) { return is(s, word::credits, action::add); }
inline bool waits(atomic_step const& s) { return s.of == word::guard; }  // for inserts under way, and they for it
inline bool lowers_mark(atomic_step const& s) { return is(s, word::mark, action::compare); }
inline bool keeps_mark(atomic_step const& s) { return lowers_mark(s) && s.value == s.expected; }
inline bool resets_mark(atomic_step const& s) { return is(s, word::mark, action::exchange); }

inline void lose_version(atomic_step& s) { s.value &= ~std::uint64_t{0xff}; }
inline void relax(atomic_step& s) { s.order = std::memory_order_relaxed; }
inline void only_acquire(atomic_step& s) { s.order = std::memory_order_acquire; }
inline void only_release(atomic_step& s) { s.order = std::memory_order_release; }

}  // namespace tokend::exploration::steps
