#pragma once

#include "base/keyed_hash.hpp"
#include "credential/lockout_rules.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tokend {

// Whose failed logins are counted together. Names are in the form in which they compare: see fold_name().
struct login_subject
{
    std::string organisation;
    std::string name;     // empty: an authentication code, which names nobody, counts by network alone
    std::string network;  // of the client
};

// A name that is locked out.
struct locked_out
{
    std::string organisation;  // these three as in login_subject
    std::string name;
    std::string network;        // empty: from everywhere
    std::chrono::seconds left;  // until the lock-out ends
};

// Counts failed logins on two levels: those of a name from one client network, and those of the name from everywhere.
// Whoever has too many is locked out for a time, and twice as long each further time, up to a day. What is not locked
// out for a day is forgotten. Holds a bounded number of counts; beyond it the least dangerous one goes.
//
// Guesses at a name that are under way count as if they had failed, so that a thousand at once are no more than five.
// Logins under way with the same secret are one. Codes under way do not count, because one network may have many
// machines with a code each. Thread-safe.
class lockouts
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds longest = std::chrono::hours{24};

    explicit lockouts(std::size_t capacity = 65'536);
    ~lockouts();
    lockouts(lockouts const&) = delete;

    // One login that may go on. Unless one of the two functions is called, it was neither good nor bad.
    class attempt
    {
    public:
        attempt(attempt&& other) noexcept
            : of_{std::exchange(other.of_, nullptr)},
              keys_{std::move(other.keys_)},
              rules_{other.rules_},
              secret_{other.secret_}
        {}
        attempt& operator=(attempt&&) = delete;
        ~attempt();

        // The secret was wrong. Returns how long nobody may try again; zero if that is not so.
        std::chrono::seconds fail(time_point now);
        // The secret was right: forgets what failed from this network. A code does not, because one good code says
        // nothing about guesses of others.
        void succeed(time_point now);

    private:
        friend class lockouts;
        struct keys
        {
            std::string from_network{};     // empty: no such limit
            std::string from_everywhere{};  // empty: no such limit, or a code
            bool is_named = false;          // by a name and not by a code
        };
        attempt(lockouts* of, keys k, lockout_rules const& rules, std::uint64_t secret) noexcept
            : of_{of}, keys_{std::move(k)}, rules_{rules}, secret_{secret}
        {}

        lockouts* of_;  // null: it has ended
        keys keys_;
        lockout_rules rules_;
        std::uint64_t secret_;
    };

    // Begins a login. Returns instead how long the client has to wait, a second or more, if it is locked out, or if so
    // many other secrets are tried at this moment that their failures would lock it out.
    // REQUIRES: this object outlives the attempt.
    std::variant<attempt, std::chrono::seconds> begin(login_subject const& who, lockout_rules const& rules,
                                                      std::string_view secret, time_point now);

    std::size_t size() const;                  // counts that are held
    std::size_t locked(time_point now) const;  // those of them that lock somebody out

    // The lock-outs that `is_chosen` accepts: those that last longest, up to `most`, the longest first. It is called
    // under a lock.
    std::vector<locked_out> list(std::size_t most, std::function<bool(locked_out const&)> const& is_chosen,
                                 time_point now) const;
    // Forgets all failures of the subjects that `is_chosen` accepts, whether or not they are locked out (`left` is 0).
    // Returns how many were locked out. It is called under a lock.
    std::size_t unlock(std::function<bool(locked_out const&)> const& is_chosen, time_point now);

private:
    class shard;
    static constexpr std::size_t shards = 16;

    shard& shard_of(std::string const& key) const;

    keyed_hash const hash_;
    std::array<std::unique_ptr<shard>, shards> shards_;
};

}  // namespace tokend
