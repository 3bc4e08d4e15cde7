#include "table/history/player.hpp"

#include "table/history/stamp.hpp"

#include <string_view>

namespace tokend::testing {
namespace {

using enum operation::kind;
using std::chrono::sys_seconds;

constexpr auto relaxed = std::memory_order_relaxed;

sys_seconds at(std::uint32_t second) { return sys_seconds{std::chrono::seconds{second}}; }

std::uint64_t scramble(std::uint64_t x)  // splitmix64's, a bijection
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

}  // namespace

arena::arena(workload const& w) : how{w}, kept{w.options}, board(w.contended)
{
    for (unsigned i = 1; i <= principals; ++i)  // of one letter each, and of different sizes
        texts_.emplace_back(i * w.principal_bytes / principals, static_cast<char>('a' + i));
}

token_key arena::key(std::uint32_t token) const noexcept
{
    auto const number = calls_before_ + token + 1;
    return {scramble(number), scramble(~number)};
}

std::uint16_t arena::principal_of(std::span<char const> bytes) const
{
    for (std::uint16_t i = 0; i < principals; ++i)
        if (texts_[i] == std::string_view{bytes.data(), bytes.size()})
            return i;
    return principals;
}

template <class Call>
operation& player::record(operation const& what, Call&& call)
{
    auto& written = calls_[used_++];
    written = what;
    written.begin = begin_of_call();
    written.done = call();
    written.end = end_of_call();
    return written;
}

void player::play()
{
    while (used_ < calls_.size())
    {
        step();
        if (below(arena_.how.steps_per_second) == 0)
            arena_.second.fetch_add(1, relaxed);
    }
}

void player::step()
{
    auto const& how = arena_.how;
    auto const now = arena_.second.load(relaxed);
    auto chosen = below(1000);
    auto const is = [&chosen](unsigned share) {
        bool const hit = chosen < share;
        chosen -= hit ? 0 : share;
        return hit;
    };
    if (is(how.inserts))
        insert();
    else if (is(how.touches))
        touch(place().load(relaxed), now);
    else if (is(how.erases))
        erase(place().load(relaxed), now);
    else if (is(how.sweeps))
        sweep(now);
    else
        find(place().load(relaxed), now);
}

// Some tokens are called for before they are there.
void player::insert()
{
    auto const now = arena_.second.load(relaxed);
    operation const wanted{.token = static_cast<std::uint32_t>(used_ * arena_.how.threads + number_ - 1),
                           .now = now,
                           .expires = now + 1 + below(arena_.how.longest),
                           .issued = now - below(2),
                           .principal = static_cast<std::uint16_t>(below(arena::principals)),
                           .what = operation::kind::insert};
    auto& shown = place();
    bool const early = below(8) == 0;
    if (early)
        shown.store(wanted.token, relaxed);
    auto const key = arena_.key(wanted.token);
    auto const& text = arena_.text(wanted.principal);
    auto const whose = arena_.kept.prepare(text, std::span{text}.first(1));
    auto const& call = record(wanted, [&] {
        return arena_.kept.insert(key, whose, at(wanted.issued), at(wanted.expires), at(now)) == insert_result::done;
    });
    if (!early && call.done)
        shown.store(wanted.token, relaxed);
}

void player::find(std::uint32_t token, std::uint32_t now)
{
    auto const key = arena_.key(token);
    operation const wanted{.token = token, .now = now, .what = operation::kind::find};
    auto& call = record(wanted, [&] { return arena_.kept.find(key, at(now), found_); });
    if (!call.done)
        return;
    call.expires = static_cast<std::uint32_t>(found_.expires_at.time_since_epoch().count());
    call.issued = static_cast<std::uint32_t>(found_.issued_at.time_since_epoch().count());
    call.principal = found_.key == key ? arena_.principal_of(found_.principal()) : arena::principals;
}

void player::look_for(std::uint32_t token) { find(token, 0); }

void player::touch(std::uint32_t token, std::uint32_t now)
{
    auto const key = arena_.key(token);
    auto const expires = now + 1 + below(arena_.how.longest);
    record({.token = token, .now = now, .expires = expires, .what = operation::kind::touch},
           [&] { return arena_.kept.touch(key, at(expires), at(now)); });
}

void player::erase(std::uint32_t token, std::uint32_t now)
{
    auto const key = arena_.key(token);
    record({.token = token, .now = now, .what = operation::kind::erase},
           [&] { return arena_.kept.erase(key, at(now)); });
}

void player::sweep(std::uint32_t now)
{
    record({.now = now, .what = operation::kind::sweep}, [&] {
        std::size_t position = 0;
        do
            arena_.kept.sweep_slice(position, 64, at(now));
        while (position != 0);
        return true;
    });
}

}  // namespace tokend::testing
