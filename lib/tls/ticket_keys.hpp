#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <span>

namespace tokend {

// The keys that encrypt session tickets (RFC 5077 section 4). A key encrypts for one period and decrypts for another:
// a ticket lives for one period at least, and a thief of the keys can read the sessions of two periods. Contexts share
// one object, so that tickets outlive the contexts. Thread-safe.
class ticket_keys
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::hours period{1};

    struct key
    {
        std::array<unsigned char, 16> name{};
        std::array<unsigned char, 32> cipher{};  // AES-256-CBC
        std::array<unsigned char, 32> mac{};     // HMAC-SHA-256

        key() = default;
        key(key const&) = default;
        key& operator=(key const&) = default;
        ~key();  // wipes
    };

    // Returns the key that encrypts now. Throws std::runtime_error if there are no random bytes.
    key current(time_point now);
    // Returns the key of a ticket; nothing if it is unknown or too old.
    std::optional<key> find(std::span<unsigned char const, 16> name, time_point now);

private:
    struct dated
    {
        tokend::ticket_keys::key key;
        time_point since;
    };
    void drop_old(time_point now);

    std::mutex mutex_;
    std::deque<dated> keys_;  // the newest is the last
};

}  // namespace tokend
