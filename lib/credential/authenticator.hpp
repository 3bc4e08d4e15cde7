#pragma once

#include "base/principal.hpp"
#include "base/refusal.hpp"
#include "base/task.hpp"
#include "credential/backend.hpp"
#include "credential/explanation.hpp"
#include "credential/lockout.hpp"
#include "credential/login_times.hpp"
#include "credential/options.hpp"

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// A tenant: its backends in the order in which they are asked, and the rules for its tokens.
struct organisation
{
    std::string name;  // in the configured spelling
    std::vector<std::shared_ptr<backend>> backends;
    lifetime_rules lifetimes;
    lockout_rules lockout;
    token_limits limits;
    address_set allow_addresses;
    address_set deny_addresses;
    rate_limit rate;
    std::unique_ptr<rate_meter> logins = std::make_unique<rate_meter>();
    std::unique_ptr<std::array<login_times, 3>> times = std::make_unique<std::array<login_times, 3>>();  // by kind

    login_times& times_of(credentials::kind kind) const { return (*times)[static_cast<std::size_t>(kind)]; }
    // Returns the backend whose decoy costs most, or null.
    std::shared_ptr<backend> dearest(credentials::kind kind) const;
    bool admits(std::optional<ip_address> const& client) const noexcept
    {
        return (allow_addresses.empty() || allow_addresses.contains(client)) && !deny_addresses.contains(client);
    }
};

// The principal of accepted credentials, and the rules for a token of that organisation.
struct authenticated
{
    principal who;
    lifetime_rules lifetimes;
    token_limits limits;
};

// Behind a pointer because it passes through several coroutines, and only small frames are recycled.
using authentication = result<std::unique_ptr<authenticated>>;

// Credentials in, principal out. Part of a setup, and immutable. Thread-safe.
class authenticator
{
public:
    // REQUIRES: names in `organisations` are unique under ASCII case folding, each backend they name is in `backends`,
    // and `failures` and `pool` outlive this object.
    authenticator(std::vector<std::shared_ptr<backend>> backends,
                  std::vector<organisation_options> const& organisations, login_options const& options,
                  lockouts& failures, blocking_pool& pool);

    organisation const* find(std::string_view name) const;  // ignores ASCII case; null: unknown

    // Finds the organisation, asks its backends in their order, and chooses the unit. Who may not log in from that
    // address, or is locked out, is refused before any backend is asked, whether or not the name exists.
    //
    // The time of an answer does not show which names exist. Each refusal costs one check of a secret, and one of the
    // dearest scheme of the organisation if its own was much cheaper. And INVALID_CREDENTIALS and OVERLOADED come a
    // fixed time after the question, or twice that time and so on: `failure_time`, or what nearly all logins of the
    // organisation take if that is longer. An organisation that does not exist behaves like one that does, the same for
    // each name.
    //
    // Loop thread only; the caller keeps the setup alive. Returns one of the codes rate_limited, address_not_allowed,
    // too_many_attempts, invalid_credentials, backend_unavailable, overloaded, unit_not_allowed and no_default_unit.
    [[nodiscard]] task<authentication> verify(credentials presented, asker from) const;
    // The same for a web API key: the code must be marked as one. If the request names no organisation, the only one
    // that knows the code decides.
    [[nodiscard]] task<authentication> verify_api_key(credentials presented, asker from) const;

    // What verify() would answer, and why, step by step. Without a secret (`proof` is empty) everything else is
    // checked. Takes no turn of a rate, counts no failure, and waits no longer than the backends take. Asks them also
    // if the client is locked out or its address is denied. For operators alone: it shows which names exist. Loop
    // thread only; the caller keeps the setup alive.
    [[nodiscard]] task<explanation> explain(credentials presented, asker from) const;

    std::vector<std::shared_ptr<backend>> const& backends() const noexcept { return backends_; }
    std::map<std::string, organisation, std::less<>> const& organisations() const noexcept { return organisations_; }
    lockouts& failures() const noexcept { return failures_; }
    // Returns the backend with this id if it checks its users again, else null.
    std::shared_ptr<backend> const* rechecking(std::string_view backend_id) const noexcept;

private:
    using shared_credentials = std::shared_ptr<credentials const>;
    enum class use
    {
        login,
        api_key
    };

    // What the backends say, and whether that is a failed login.
    struct judgement
    {
        authentication answer;
        bool is_failure = false;
    };
    // One login.
    struct attempt
    {
        organisation const* org;   // null: there is none of that name
        organisation const& like;  // `org`, or the one that it behaves like
        use how;
        payer pays;
    };

    organisation const& like(std::string_view unknown) const;
    static task<void> explain_backends(explanation& all, organisation const& org, shared_credentials presented,
                                       asker from);
    task<authentication> judge(credentials presented, asker from, use how) const;
    task<judgement> ask(attempt const& a, shared_credentials presented, asker from) const;
    static task<judgement> ask_nobody(attempt const& a, shared_credentials presented, asker from);
    static task<judgement> ask_one(organisation const& org, attempt const& a, shared_credentials presented, asker from);
    task<judgement> ask_all(attempt const& a, shared_credentials presented, asker from) const;

    std::vector<std::shared_ptr<backend>> backends_;
    std::vector<std::shared_ptr<backend>> rechecking_;                // some of them
    std::map<std::string, organisation, std::less<>> organisations_;  // by folded name
    organisation none_;                                               // what unknown ones are like if there is none
    login_options const options_;
    lockouts& failures_;
    blocking_pool& pool_;
};

}  // namespace tokend
