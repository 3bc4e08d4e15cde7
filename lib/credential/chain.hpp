#pragma once

#include "base/refusal.hpp"
#include "credential/options.hpp"
#include "credential/verdict.hpp"

#include <string>
#include <string_view>

// The pure decisions about an organisation's backends and units.
namespace tokend {

// Follows the backends of one organisation in their order:
// accept, bad-secret, locked, disabled and expired end the chain; no-such-user and not-mine go on; unavailable ends it or goes
// on, as that backend is configured. An outage is never taken for a denial: if any backend was unavailable and none accepted,
// the client hears BACKEND_UNAVAILABLE.
class chain
{
public:
    enum class step
    {
        next,
        stop
    };

    // What a backend said, and what it is configured to do when it is unavailable.
    [[nodiscard]] step take(std::string_view backend, verdict const& v, on_unavailable when_unavailable);

    bool accepted() const noexcept { return accepted_; }
    // REQUIRES: not accepted.
    [[nodiscard]] refusal conclude() const;
    // Returns true if the refusal is a failed login, which lock-out will count: somebody presented a wrong secret, or
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
    std::string reasons_;    // what each backend said, for log and audit
};

// The unit a token is for: the one asked for if it is the user's, else the default, else the only one.
[[nodiscard]] result<std::string> choose_unit(identity const& who, std::string_view asked);

}  // namespace tokend
