#pragma once

#include <algorithm>
#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace tokend {

// Who pays for work with a turn: an organisation, and in it a client network.
struct payer
{
    std::string organisation;
    std::string network;

    auto operator<=>(payer const&) const = default;
};

// A queue in which organisations take turns, and in the turn of an organisation its client networks. A network with
// many items waits for its own ones, and the first item of another network is next. This is start-time fair queueing
// (Goyal, Vin and Cheng, 1996) on two levels, with one turn for each item and more for what charge() adds.
//
// pop() and shed() look at each organisation and network that waits: for queues of hundreds of items. Not thread-safe.
template <class Item>
class fair_queue
{
public:
    using number = std::uint64_t;  // of an item, in the order of arrival

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    number push(payer const& who, Item item)
    {
        auto& org = organisations_[who.organisation];
        auto const [found, is_new] = org.networks.try_emplace(who.network);
        networks_ += is_new;
        found->second.items.push_back({next_, std::move(item)});
        ++org.waiting;
        ++size_;
        if (networks_ > most_networks)
            forget_idle();
        return next_++;
    }

    // Takes out the item whose turn it is. REQUIRES: not empty.
    Item pop()
    {
        assert(!empty());
        auto& org = next_of(organisations_, now_)->second;
        auto& from = next_of(org.networks, org.now)->second;
        now_ = serve(org, now_);
        org.now = serve(from, org.now);
        auto item = std::move(from.items.front().second);
        from.items.pop_front();
        leave(org);
        return item;
    }

    // Takes out the newest item of the network that has most of them, in the organisation that has most of them.
    // REQUIRES: not empty.
    std::pair<number, Item> shed()
    {
        assert(!empty());
        auto& org = longest_of(organisations_)->second;
        auto& from = longest_of(org.networks)->second;
        auto item = std::move(from.items.back());
        from.items.pop_back();
        leave(org);
        return item;
    }

    // A network has had more than its item's turn. Changes nothing where nobody else waits.
    void charge(payer const& who, std::uint64_t turns)
    {
        auto const org = organisations_.find(who.organisation);
        if (org == organisations_.end() || org->second.waiting == 0)
            return;
        auto const [found, is_new] = org->second.networks.try_emplace(who.network);
        networks_ += is_new;
        found->second.served = std::max(found->second.served, org->second.now) + turns;
    }

private:
    static constexpr std::size_t most_networks = 4096;  // that are remembered

    // A turn begins at `now`, or when what was `served` before is paid for.
    struct network
    {
        std::deque<std::pair<number, Item>> items{};
        std::uint64_t served = 0;

        std::size_t count() const noexcept { return items.size(); }
        number first() const noexcept { return items.front().first; }
    };
    struct organisation
    {
        std::map<std::string, network, std::less<>> networks{};
        std::uint64_t served = 0;
        std::uint64_t now = 0;
        std::size_t waiting = 0;

        std::size_t count() const noexcept { return waiting; }
        number first() const noexcept
        {
            number oldest = ~number{0};
            for (auto const& [name, n] : networks)
                if (n.count() != 0)
                    oldest = std::min(oldest, n.first());
            return oldest;
        }
    };

    template <class Map>
    static typename Map::iterator next_of(Map& all, std::uint64_t now)
    {
        auto best = all.end();
        for (auto i = all.begin(); i != all.end(); ++i)
            if (i->second.count() != 0 && (best == all.end() || is_before(i->second, best->second, now)))
                best = i;
        return best;
    }
    template <class Part>
    static bool is_before(Part const& a, Part const& b, std::uint64_t now)
    {
        auto const start_of_a = std::max(a.served, now);
        auto const start_of_b = std::max(b.served, now);
        return start_of_a != start_of_b ? start_of_a < start_of_b : a.first() < b.first();
    }
    template <class Map>
    static typename Map::iterator longest_of(Map& all)
    {
        return std::max_element(all.begin(), all.end(),
                                [](auto const& a, auto const& b) { return a.second.count() < b.second.count(); });
    }
    // Returns when the turn begins.
    template <class Part>
    static std::uint64_t serve(Part& part, std::uint64_t now)
    {
        auto const start = std::max(part.served, now);
        part.served = start + 1;
        return start;
    }

    void leave(organisation& org)
    {
        --org.waiting;
        if (--size_ == 0)
        {
            organisations_.clear();
            networks_ = 0;
            now_ = 0;
        }
    }
    void forget_idle()
    {
        networks_ = 0;
        for (auto i = organisations_.begin(); i != organisations_.end();)
        {
            std::erase_if(i->second.networks, [](auto const& n) { return n.second.count() == 0; });
            networks_ += i->second.networks.size();
            i = i->second.waiting == 0 ? organisations_.erase(i) : std::next(i);
        }
    }

    std::map<std::string, organisation, std::less<>> organisations_;
    std::uint64_t now_ = 0;  // when the last turn of an organisation began
    std::size_t networks_ = 0;
    std::size_t size_ = 0;
    number next_ = 0;
};

}  // namespace tokend
