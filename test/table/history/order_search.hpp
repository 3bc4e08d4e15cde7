#pragma once

#include "table/history/token_check.hpp"

#include <random>
#include <span>
#include <vector>

namespace tokend::testing {

// What check_token() decides, decided by trying all orders (Wing and Gong, 1993). For a few calls.
bool has_order(std::span<operation const> calls, removals const& removed);

// Small histories of one token, with sweeps: the calls of an order that a table keeps to, stretched until they overlap;
// then some of them are told otherwise.
class random_histories
{
public:
    explicit random_histories(unsigned seed) : random_{seed} {}
    std::vector<operation> next();

private:
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    operation any_call();
    void distort(operation& call);

    std::mt19937 random_;
};

}  // namespace tokend::testing
