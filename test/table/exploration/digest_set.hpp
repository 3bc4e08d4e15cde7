#pragma once

#include "table/exploration/digest.hpp"

#include <utility>
#include <vector>

namespace tokend::exploration {

// Digests side by side in one table, as a search of millions of states wants them.
class digest_set
{
public:
    std::size_t size() const noexcept { return size_; }

    void clear()
    {
        size_ = 0;
        places_.assign(least, {0, 0});
    }

    // Returns whether it is new.
    bool insert(digest const& d)
    {
        if (size_ * 2 >= places_.size())
            grow();
        auto& place = find(d);
        if (place == d)
            return false;
        place = d;
        ++size_;
        return true;
    }

private:
    static constexpr std::size_t least = 1024;  // a power of two, as all sizes

    digest& find(digest const& d)
    {
        auto at = d.low & (places_.size() - 1);
        while (places_[at] != digest{0, 0} && places_[at] != d)
            at = (at + 1) & (places_.size() - 1);
        return places_[at];
    }
    void grow()
    {
        auto const old = std::exchange(places_, std::vector(places_.size() * 2, digest{0, 0}));
        for (auto const& d : old)
            if (d != digest{0, 0})
                find(d) = d;
    }

    std::vector<digest> places_ = std::vector(least, digest{0, 0});
    std::size_t size_ = 0;
};

}  // namespace tokend::exploration
