#include "base/token_shares.hpp"

#include "base/text.hpp"

#include <mutex>
#include <utility>

namespace tokend {

token_share& token_shares::of(std::string_view organisation)
{
    auto name = fold(organisation);
    {
        std::shared_lock const lock{mutex_};
        if (auto const known = shares_.find(name); known != shares_.end())
            return known->second;
    }
    std::lock_guard const lock{mutex_};
    return shares_.try_emplace(std::move(name)).first->second;
}

}  // namespace tokend
