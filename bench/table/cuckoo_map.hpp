#pragma once

#include "bench/table/huge_allocator.hpp"
#include "bench/table/names.hpp"
#include "bench/table/tokens.hpp"

#include <libcuckoo/cuckoohash_map.hh>

namespace tokend::bench {

class cuckoo_map
{
public:
    static constexpr auto name = names::libcuckoo;

    explicit cuckoo_map(std::size_t capacity)
        : arena_{library_bytes(capacity)}, map_{capacity, first_word{}, std::equal_to<token_key>{}, allocator{arena_}}
    {}

    bool insert(token_key key, payload const& value) { return map_.insert(key, value); }
    bool find(token_key key, payload& out) const
    {
        bool live = false;
        map_.find_fn(key, [&](payload const& held) {
            live = held.expires > seconds_from_now(0);
            out = held;
        });
        return live;
    }
    bool erase(token_key key) { return map_.erase(key); }

private:
    struct first_word
    {
        std::size_t operator()(token_key key) const { return key.a; }
    };
    using allocator = huge_allocator<std::pair<token_key const, payload>>;

    huge_arena arena_;
    libcuckoo::cuckoohash_map<token_key, payload, first_word, std::equal_to<token_key>, allocator> map_;
};

}  // namespace tokend::bench
