#pragma once

#include "bench/table/names.hpp"
#include "bench/table/tokens.hpp"
#include "table/table.hpp"

#include <algorithm>
#include <array>
#include <cstring>

// Our two contestants. Only this file knows the interface of lib/table.
//
// A contestant has a name, is constructed with the number of tokens that it will hold at once, and has
//   bool insert(token_key, payload const&)       false: no room
//   bool find(token_key, payload& out) const     false: unknown or expired
//   bool erase(token_key)                        false: unknown
// All are thread-safe. Ours also have
//   void prefetch(token_key) const
//   void prepare(prepared&, token_key, payload const&) const     fetches what insert() needs first
//   bool insert(prepared const&)
//   std::uint64_t sweep(part, parts, second)     ends tokens expired at `second` in one part; returns how many
//   std::size_t bytes_used() const
namespace tokend::bench {

inline constexpr unsigned load_percent = table_options{.capacity = 0}.load_percent;
inline constexpr std::size_t tokens_per_principal = 100;

inline std::size_t slots_for(std::size_t capacity)
{
    using slots = slot_table<std::atomic>;
    return slots::pages_for((capacity * 100 + load_percent - 1) / load_percent) * slots::page_size;
}

// Returns the first slot of thread `part` of `parts` that divide the slots.
inline std::size_t begin_of(unsigned part, unsigned parts, std::size_t slots) { return slots * part / parts; }

// The part that is comparable with a library: key and 16 bytes of value, and the exact capacity.
class bare_slots
{
public:
    static constexpr auto name = names::slots;

    explicit bare_slots(std::size_t capacity)
        : slot_memory_{slots_for(capacity) / atomic_slots::page_size * sizeof(atomic_slots::page)},
          slots_{slot_memory_.as<atomic_slots::page>()},
          credits_{capacity}
    {}

    struct prepared
    {
        token_key key;
        payload value;
    };
    [[gnu::always_inline]] void prepare(prepared& out, token_key key, payload const& value) const
    {
        out = {key, value};
        slots_.prefetch(key);
    }
    bool insert(prepared const& token) { return insert(token.key, token.value); }
    bool insert(token_key key, payload const& value)
    {
        if (!credits_.take())
            return false;
        slots_.insert(key, value.record, value.issued, value.expires);
        return true;
    }
    bool find(token_key key, payload& out) const
    {
        return slots_.find(key, seconds_from_now(0), [&out](sighting const& seen) {
            out = {.expires = seen.life.expiry(), .issued = seen.life.issued(), .record = seen.record};
        });
    }
    bool erase(token_key key)
    {
        sighting seen;
        auto* taken = slots_.take(key, seen);
        if (taken == nullptr)
            return false;
        end(*taken);
        return true;
    }
    [[gnu::always_inline]] void prefetch(token_key key) const { slots_.prefetch(key); }

    std::uint64_t sweep(unsigned part, unsigned parts, std::uint32_t at)
    {
        std::uint64_t ended = 0;
        auto soonest = basic_soonest_mark<std::atomic>::never;
        for (auto i = begin_of(part, parts, slots_.size()); i < begin_of(part + 1, parts, slots_.size()); ++i)
            if (auto& held = slots_[i]; slots_.take_expired(held, at, soonest))
            {
                end(held);
                ++ended;
            }
        return ended;
    }
    std::size_t bytes_used() const { return slot_memory_.size(); }

private:
    using atomic_slots = slot_table<std::atomic>;

    void end(atomic_slots::slot& taken)
    {
        slots_.give(taken);
        credits_.give();
    }

    mapping const slot_memory_;
    atomic_slots slots_;
    alignas(64) basic_credit_count<std::atomic> credits_;
};

// The daemon's table, with principals and their index.
class whole_table
{
public:
    static constexpr auto name = names::table;

    explicit whole_table(std::size_t capacity)
        : principals_{std::max<std::size_t>(capacity / tokens_per_principal, 1)},
          table_{{.capacity = capacity, .load_percent = load_percent}},
          slots_{slots_for(capacity)}
    {}

    // The encoded bytes of a principal, 80 to 480, and the identity of its owner, 30 to 45. They are in the cache,
    // because a login has just made them.
    struct prepared
    {
        token_key key;
        payload value;
        token_owner whose;
        std::array<char, 480> principal{};
        std::array<char, 45> identity{};
    };
    [[gnu::always_inline]] void prepare(prepared& out, token_key key, payload const& value) const
    {
        auto const number = one_of(principals_, scramble(value.record));
        std::memcpy(out.principal.data(), &number, sizeof number);
        std::memcpy(out.identity.data(), &number, sizeof number);
        out.key = key;
        out.value = value;
        table_.prefetch(key);
        out.whose = table_.prepare({out.principal.data(), 80 + scramble(number) % 401},
                                   {out.identity.data(), 30 + number % 16});
    }
    bool insert(prepared const& token)
    {
        auto const issued = at(token.value.issued);
        return table_.insert(token.key, token.whose, issued, at(token.value.expires), issued) == insert_result::done;
    }
    bool insert(token_key key, payload const& value)
    {
        thread_local prepared token;
        prepare(token, key, value);
        return insert(token);
    }
    // Copies the principal. The caller reads only the parts of `out` that prove the token.
    bool find(token_key key, payload& out) const
    {
        thread_local found_token found;
        if (!table_.find(key, now, found))
            return false;
        std::memcpy(&out.record, found.principal().data(), sizeof out.record);
        return true;
    }
    bool erase(token_key key) { return table_.erase(key, now); }
    [[gnu::always_inline]] void prefetch(token_key key) const { table_.prefetch(key); }

    std::uint64_t sweep(unsigned part, unsigned parts, std::uint32_t second)
    {
        std::uint64_t ended = 0;
        auto position = begin_of(part, parts, slots_);
        do
            ended += table_.sweep_slice(position, slots_per_slice, at(second));
        while (position != 0 && position < begin_of(part + 1, parts, slots_));
        return ended;
    }
    std::size_t bytes_used() const { return table_.bytes_used(); }
    table& kept() { return table_; }

    static constexpr std::size_t slots_per_slice = 256;  // as in the sweeper

private:
    static std::chrono::sys_seconds at(std::uint32_t second)
    {
        return std::chrono::sys_seconds{std::chrono::seconds{second}};
    }

    std::size_t const principals_;
    table table_;
    std::size_t const slots_;  // rounded so that the threads that sweep divide them
};

}  // namespace tokend::bench
