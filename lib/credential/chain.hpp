#pragma once

#include "base/refusal.hpp"
#include "credential/options.hpp"
#include "credential/verdict.hpp"

#include <string>
#include <string_view>

// The pure decisions about an organisation's backends and units.
namespace tokend {

// Decides on the verdicts of one organisation's backends, in their order. The verdicts accept, bad-secret, locked,
// disabled, expired and overloaded end the chain; no-such-user and not-mine continue it; unavailable ends or continues
// it as that backend is configured. An outage is never taken for a denial: if a backend was unavailable and none
// accepted, the refusal is BACKEND_UNAVAILABLE.
class chain
{
public:
    enum class step
    {
        next,
        stop
    };

    // Adds the verdict of the next backend. Returns whether to ask the backend after it.
    [[nodiscard]] step take(std::string_view backend, verdict const& v, on_unavailable when_unavailable);

    bool accepted() const noexcept { return accepted_; }
    // REQUIRES: not accepted.
    [[nodiscard]] refusal conclude() const;
    // Returns true if the refusal is a failed login, which lock-out counts: somebody presented a wrong secret, or
    // every backend was asked and none knows the name. An outage, a full queue, and an account that is locked, disabled
    // or expired do not count. A wrong secret counts even behind an outage. REQUIRES: not accepted.
    [[nodiscard]] bool counts() const;

private:
    void note(std::string_view backend, verdict const& v, std::string_view what);

    bool accepted_ = false;
    bool outage_ = false;
    bool overloaded_ = false;
    bool bad_secret_ = false;
    bool withheld_ = false;  // a backend knows the user and lets nobody in by that name
    std::string reasons_;    // the verdict of each backend, for log and audit
};

// The unit of a token: the one that the request names, if the user has it; without a name the default, else the only
// one.
[[nodiscard]] result<std::string> choose_unit(identity const& who, std::string_view asked);

}  // namespace tokend
