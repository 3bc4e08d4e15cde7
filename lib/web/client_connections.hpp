#pragma once

#include "base/address.hpp"
#include "web/network_cells.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace tokend {

// Counts the open connections of client networks. Thread-safe.
class client_connections
{
public:
    // The place of one connection, which the destructor gives back. REQUIRES: the counts outlive it.
    class place
    {
    public:
        place() noexcept = default;
        place(std::atomic<std::uint32_t>& one, std::atomic<std::uint32_t>& other) noexcept : one_{&one}, other_{&other}
        {}
        place(place&& from) noexcept : one_{std::exchange(from.one_, nullptr)}, other_{from.other_} {}
        place& operator=(place&&) = delete;
        ~place()
        {
            if (one_ == nullptr)
                return;
            one_->fetch_sub(1, std::memory_order_relaxed);
            other_->fetch_sub(1, std::memory_order_relaxed);
        }

    private:
        std::atomic<std::uint32_t>* one_ = nullptr;  // null: nothing is counted
        std::atomic<std::uint32_t>* other_ = nullptr;
    };

    // Returns nothing if the network of the client has `most` connections.
    std::optional<place> take(ip_address const& client, std::size_t most) noexcept
    {
        auto const [one, other] = counts_.of(client);
        place taken{one, other};
        auto const first = one.fetch_add(1, std::memory_order_relaxed);
        auto const second = other.fetch_add(1, std::memory_order_relaxed);
        if (first >= most && second >= most)
            return std::nullopt;
        return taken;
    }

private:
    network_cells<std::atomic<std::uint32_t>> counts_;
};

}  // namespace tokend
