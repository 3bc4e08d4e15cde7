#pragma once

#include "bench/table/huge_allocator.hpp"
#include "bench/table/names.hpp"
#include "bench/table/tokens.hpp"

#include <tbb/concurrent_hash_map.h>

namespace tokend::bench {

class tbb_map
{
public:
    static constexpr auto name = names::tbb;

    explicit tbb_map(std::size_t capacity) : arena_{library_bytes(capacity)}, map_{capacity, allocator{arena_}} {}

    bool insert(token_key key, payload const& value) { return map_.insert({key, value}); }
    bool find(token_key key, payload& out) const
    {
        map::const_accessor held;
        if (!map_.find(held, key) || held->second.expires <= seconds_from_now(0))
            return false;
        out = held->second;
        return true;
    }
    bool erase(token_key key) { return map_.erase(key); }

private:
    struct hash_compare
    {
        static std::size_t hash(token_key key) { return key.a; }
        static bool equal(token_key left, token_key right) { return left == right; }
    };
    using allocator = huge_allocator<std::pair<token_key const, payload>>;
    using map = tbb::concurrent_hash_map<token_key, payload, hash_compare, allocator>;

    huge_arena arena_;
    map map_;
};

}  // namespace tokend::bench
