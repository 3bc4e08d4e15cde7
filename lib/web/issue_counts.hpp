#pragma once

#include "base/address.hpp"
#include "base/principal.hpp"
#include "base/top_counts.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace tokend {

// To whom tokens were issued since the start: the most frequent users and client networks, in bounded memory. Each name
// has its shard, so its count is at most 1/256 of that shard's tokens too high, and never too low. Thread-safe.
class issue_counts
{
public:
    static constexpr char between = '\0';  // the organisation and what follows it in a name
    enum class kind : unsigned char
    {
        user,
        network
    };

    // A token was issued. Without memory it is not counted. `client`: nothing for a Unix socket.
    void add(principal const& who, std::optional<ip_address> const& client) noexcept;

    // The rows whose name `may_see` accepts, the most frequent first.
    std::vector<top_counts::row> rows(kind of, std::function<bool(std::string_view)> const& may_see) const;

private:
    static constexpr std::size_t shards = 16;
    struct shard
    {
        mutable std::mutex mutex;
        top_counts names{256};
    };

    void add(kind of, std::string_view name);

    std::array<std::array<shard, shards>, 2> counts_{};  // by kind
};

}  // namespace tokend
