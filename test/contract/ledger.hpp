#pragma once

#include "support/raw_client.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// One client's books: what it was told of its tokens, so that a later tokend can be held to it.
class ledger
{
public:
    explicit ledger(std::uint64_t seed) : random_{seed} {}

    // Issues, renews and releases at random until the server is gone or `stop` says so.
    void work(std::string const& address, bool (*stop)());

    // How many tokens a server does not know as the books have them. What was asked and not answered may be so or so.
    struct verdict
    {
        std::size_t lost = 0;       // acknowledged, and not valid
        std::size_t back = 0;       // released, and valid
        std::size_t too_early = 0;  // ends before the end that was acknowledged
        std::size_t wrong = 0;      // not the principal's
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
    std::string trouble_;  // an answer that nobody should get
    std::size_t issued_ = 0;
    std::size_t renewed_ = 0;
};

}  // namespace tokend::test
