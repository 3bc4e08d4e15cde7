#pragma once

#include "support/raw_client.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// One client's ledger: the answers that it received about its tokens. A later tokend must honour them.
class ledger
{
public:
    explicit ledger(std::uint64_t seed) : random_{seed} {}

    // Issues, renews and releases at random until the server ends or `stop` is true.
    void work(std::string const& address, bool (*stop)());

    // The number of tokens that a server does not know as the ledger has them. A request without an answer may have
    // taken effect or not.
    struct verdict
    {
        std::size_t lost = 0;       // acknowledged, and not valid
        std::size_t back = 0;       // released, and valid
        std::size_t too_early = 0;  // expires before the acknowledged time
        std::size_t wrong = 0;      // belongs to another principal
        std::size_t checked = 0;
    };
    verdict check(std::string const& address);

    std::size_t issued() const noexcept { return issued_; }
    std::size_t released() const noexcept { return gone_.size(); }
    std::size_t renewed() const noexcept { return renewed_; }

private:
    struct entry
    {
        std::string token;
        bool sliding = false;
        std::int64_t ends_at = 0;  // Unix seconds, at least
    };
    bool step(raw_client& server);
    bool issue(raw_client& server);
    bool renew(raw_client& server);
    bool release(raw_client& server);

    std::mt19937_64 random_;
    std::vector<entry> live_;
    std::vector<std::string> gone_;
    std::string trouble_;  // an answer that no client should get
    std::size_t issued_ = 0;
    std::size_t renewed_ = 0;
};

}  // namespace tokend::test
