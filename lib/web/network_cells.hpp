#pragma once

#include "base/address.hpp"
#include "base/keyed_hash.hpp"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace tokend {

// Cells for client networks, however many there are, in a fixed size. Two networks may share a cell, so each network
// has two, and only what both say holds: what one client does hardly ever falls on another one. Which cells a network
// has is secret.
template <class Cell>
class network_cells
{
public:
    network_cells() : first_(cells), second_(cells) {}

    // Those of the network of the client; see network_of_client().
    std::pair<Cell&, Cell&> of(ip_address const& client) noexcept
    {
        auto const network = network_of_client(client);
        auto const bytes = network.address().bytes();
        auto const key = hash_(std::span{reinterpret_cast<char const*>(bytes.data()), bytes.size()});
        return {first_[key % cells], second_[(key >> 32) % cells]};
    }

private:
    static constexpr std::size_t cells = 65'536;  // in each of two rows

    keyed_hash const hash_;
    std::vector<Cell> first_;
    std::vector<Cell> second_;
};

}  // namespace tokend
