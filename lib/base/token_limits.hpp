#pragma once

#include <atomic>
#include <cstddef>

namespace tokend {

// The number of live tokens of one organisation. It is a number and orders nothing, so its operations are relaxed.
// Thread-safe.
class alignas(64) token_share  // on a cache line of its own, because each issue writes it
{
public:
    std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

    // Counts one more token. Returns false if there are `most` already. Concurrent calls never exceed `most`.
    [[nodiscard]] bool take(std::size_t most) noexcept
    {
        auto seen = taken();
        while (seen < most)
            if (taken_.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed))
                return true;
        return false;
    }
    // Counts more tokens, whatever the limit.
    void take_beyond(std::size_t count) noexcept { taken_.fetch_add(count, std::memory_order_relaxed); }
    // Counts one token less.
    void give() noexcept { taken_.fetch_sub(1, std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> taken_{0};
};

enum class sessions_policy
{
    reject,       // refuse another token
    evict_oldest  // end the user's oldest token
};

// How many live tokens an organisation may have, and how many each of its users.
struct token_limits
{
    static constexpr std::size_t none = ~std::size_t{0};

    token_share* share = nullptr;  // counts the organisation's tokens; null: nobody counts them
    std::size_t max_tokens = none;
    std::size_t max_sessions = none;
    sessions_policy policy = sessions_policy::reject;  // when a user has max_sessions tokens
};

}  // namespace tokend
