#pragma once

#include "base/keyed_hash.hpp"
#include "base/secret.hpp"

#include "tokend/plugin.h"

#include <cassert>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {

// Lets the same question be asked once, however often it comes while it is under way. The first one flies; the others
// are told what it brings back. Questions are compared by a digest of 126 bits under a secret key of this object, so
// that no secret is kept. Thread-safe.
class single_flight
{
public:
    struct digest
    {
        std::uint64_t first;
        std::uint64_t second;

        auto operator<=>(digest const&) const = default;
    };
    class flight
    {
        friend class single_flight;
        explicit flight(digest d) noexcept : what{d} {}

        digest const what;
        std::vector<tokend_ticket> others{};
    };

    // Of parts that together make a question: at most max_principal_bytes, with 8 for each part.
    digest digest_of(std::initializer_list<std::string_view> parts) const
    {
        std::size_t bytes = 0;
        for (auto const& part : parts)
            bytes += part.size() + sizeof bytes;
        assert(bytes <= max_principal_bytes);
        std::string whole;
        whole.reserve(bytes);
        for (auto const& part : parts)
        {
            auto const size = part.size();
            whole.append(reinterpret_cast<char const*>(&size), sizeof size).append(part);
        }
        digest const result{first_(whole), second_(whole)};
        wipe(whole);
        return result;
    }

    // Returns the caller's flight, or null if the same question is under way: then its land() will name this ticket.
    std::shared_ptr<flight> join(digest const& what, tokend_ticket ticket)
    {
        std::lock_guard const lock{mutex_};
        if (auto const under_way = flights_.find(what); under_way != flights_.end())
        {
            under_way->second->others.push_back(ticket);
            return nullptr;
        }
        std::shared_ptr<flight> own{new flight{what}};
        flights_.emplace(what, own);
        return own;
    }

    // The flight is over. Returns who waits for it.
    std::vector<tokend_ticket> land(flight& over)
    {
        std::lock_guard const lock{mutex_};
        remove(over);
        return std::exchange(over.others, {});
    }

    // The first one no longer wants an answer. Returns false if others do; else nobody can join it from now on.
    bool forsake(flight& f)
    {
        std::lock_guard const lock{mutex_};
        if (!f.others.empty())
            return false;
        remove(f);
        return true;
    }

private:
    void remove(flight const& f)
    {
        auto const found = flights_.find(f.what);
        if (found != flights_.end() && found->second.get() == &f)
            flights_.erase(found);
    }

    keyed_hash const first_;
    keyed_hash const second_;
    std::mutex mutex_;  // guards flights_ and what is in them
    std::map<digest, std::shared_ptr<flight>> flights_;
};

}  // namespace tokend
