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
// many items waits for its own ones, and the first item of another network is next. This is fair queueing by virtual
// begins and ends (Goyal, Vin and Cheng, 1996; Golestani, 1994) on two levels, with one turn for each item and more for
// what charge() adds. What an item will be charged is known too late, so it is expected to be what the last item of its
// network was: however many networks were charged, one that was not goes first.
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
        if (found->second.count() == 0)
            found->second.begin = std::max(found->second.begin, org.now);
        if (org.waiting == 0)
            org.begin = std::max(org.begin, now_);
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
        auto& org = next_of(organisations_)->second;
        auto& from = next_of(org.networks)->second;
        now_ = std::max(now_, org.begin);
        org.begin = std::max(org.begin + 1, now_);
        org.now = std::max(org.now, from.begin);
        from.begin = std::max(from.begin + 1, org.now);
        from.expected = (from.expected + 1) / 2;  // until it is charged again
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
        auto& from = found->second;
        from.begin = std::max(from.begin, org->second.now) + turns;
        from.expected = 1 + turns;
    }

private:
    static constexpr std::size_t most_networks = 4096;  // that are remembered

    // `begin` is when the next turn begins, in turns, and `expected` how many it takes.
    struct network
    {
        std::deque<std::pair<number, Item>> items{};
        std::uint64_t begin = 0;
        std::uint64_t expected = 1;

        std::size_t count() const noexcept { return items.size(); }
        number first() const noexcept { return items.front().first; }
        std::uint64_t end() const noexcept { return begin + expected; }
    };
    struct organisation
    {
        std::map<std::string, network, std::less<>> networks{};
        std::uint64_t begin = 0;
        std::uint64_t now = 0;  // when the last turn of a network began
        std::size_t waiting = 0;

        std::size_t count() const noexcept { return waiting; }
        std::uint64_t end() const noexcept { return begin + 1; }
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
    static typename Map::iterator next_of(Map& all)
    {
        auto best = all.end();
        for (auto i = all.begin(); i != all.end(); ++i)
            if (i->second.count() != 0 && (best == all.end() || is_before(i->second, best->second)))
                best = i;
        return best;
    }
    template <class Part>
    static bool is_before(Part const& a, Part const& b)
    {
        return a.end() != b.end() ? a.end() < b.end() : a.first() < b.first();
    }
    template <class Map>
    static typename Map::iterator longest_of(Map& all)
    {
        return std::max_element(all.begin(), all.end(),
                                [](auto const& a, auto const& b) { return a.second.count() < b.second.count(); });
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
