#pragma once

#include "bench/table/huge_allocator.hpp"
#include "bench/table/names.hpp"
#include "bench/table/tokens.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <deque>
#include <mutex>

namespace tokend::bench {

// The map that one could write in an afternoon: 64 flat maps, each under a mutex.
class sharded_map
{
public:
    static constexpr auto name = names::boost;

    explicit sharded_map(std::size_t capacity) : arena_{library_bytes(capacity)}
    {
        for (int i = 0; i < 64; ++i)
            shards_.emplace_back(arena_).map.reserve(capacity / 64 * 105 / 100);  // the maps do not fill evenly
    }

    bool insert(token_key key, payload const& value)
    {
        auto& in = shard_of(key);
        std::lock_guard const lock{in.mutex};
        return in.map.emplace(key, value).second;
    }
    bool find(token_key key, payload& out) const
    {
        auto& in = shard_of(key);
        std::lock_guard const lock{in.mutex};
        auto const held = in.map.find(key);
        if (held == in.map.end() || held->second.expires <= seconds_from_now(0))
            return false;
        out = held->second;
        return true;
    }
    bool erase(token_key key)
    {
        auto& in = shard_of(key);
        std::lock_guard const lock{in.mutex};
        return in.map.erase(key) == 1;
    }

private:
    struct first_word
    {
        using is_avalanching = void;
        std::size_t operator()(token_key key) const { return key.a; }
    };
    using allocator = huge_allocator<std::pair<token_key const, payload>>;

    struct alignas(64) shard
    {
        explicit shard(huge_arena& arena) : map{allocator{arena}} {}
        mutable std::mutex mutex;
        boost::unordered_flat_map<token_key, payload, first_word, std::equal_to<token_key>, allocator> map;
    };

    // Chooses by bits that the map hardly uses: it takes the position from the high bits and the fingerprint from the
    // low.
    shard& shard_of(token_key key) const { return shards_[key.a >> 16 & 63]; }

    huge_arena arena_;
    mutable std::deque<shard> shards_;
};

}  // namespace tokend::bench
