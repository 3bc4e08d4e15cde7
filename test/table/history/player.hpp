#pragma once

#include "table/history/operation.hpp"
#include "table/table.hpp"

#include <atomic>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace tokend::testing {

// A table, and how threads are to use it.
struct workload
{
    table_options options;
    unsigned threads;
    unsigned contended;         // tokens that all threads call for
    std::uint32_t longest;      // a token's life in seconds; the shortest is 1
    unsigned principal_bytes;   // of the longest
    unsigned steps_per_second;  // of all threads together: one of them moves the clock

    // How often in 1000 steps. What remains is find.
    unsigned inserts;
    unsigned touches;
    unsigned erases;
    unsigned sweeps;
};

// What the threads of a workload share. All of it but the table is relaxed: it puts no order between them.
class arena
{
public:
    static constexpr unsigned principals = 26;  // enough for records to go with a token and to be used again

    explicit arena(workload const& w);

    token_key key(std::uint32_t token) const noexcept;
    std::string const& text(std::uint16_t principal) const { return texts_[principal]; }
    std::uint16_t principal_of(std::span<char const> bytes) const;  // whose they are from end to end; else nobody's

    void begin_round(std::size_t calls_before) noexcept { calls_before_ = calls_before; }

    workload const how;
    table kept;
    std::atomic<std::uint32_t> second = 1'800'000'000;
    std::vector<std::atomic<std::uint32_t>> board;  // tokens to call for

private:
    std::vector<std::string> texts_;
    std::uint64_t calls_before_ = 0;  // changes between rounds
};

// One thread's part: calls, each written down in memory that is there beforehand.
class player
{
public:
    player(arena& where, unsigned number, std::size_t calls)
        : arena_{where}, number_{number}, random_{number}, calls_(calls)
    {}

    void play();                         // until there is no more room
    void look_for(std::uint32_t token);  // at a second when nothing had expired. REQUIRES: room
    std::span<operation const> calls() const noexcept { return {calls_.data(), used_}; }
    void forget() noexcept { used_ = 0; }

private:
    void step();
    void insert();
    void find(std::uint32_t token, std::uint32_t now);
    void touch(std::uint32_t token, std::uint32_t now);
    void erase(std::uint32_t token, std::uint32_t now);
    void sweep(std::uint32_t now);

    template <class Call>
    operation& record(operation const& what, Call&& call);

    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    std::atomic<std::uint32_t>& place() { return arena_.board[below(arena_.how.contended)]; }

    arena& arena_;
    unsigned const number_;
    std::minstd_rand random_;
    std::vector<operation> calls_;
    std::size_t used_ = 0;
    found_token found_;
};

}  // namespace tokend::testing
