#pragma once

#include "ldap/bind_pool.hpp"
#include "ldap/diagnosis.hpp"
#include "ldap/groups.hpp"
#include "ldap/inquiry.hpp"
#include "ldap/search_connection.hpp"
#include "ldap/settings.hpp"

#include "tokend/plugin.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace tokend::plugin::ldap {

// The answer to a question; `who` is filled on ACCEPT.
struct [[nodiscard]] finding
{
    tokend_verdict verdict = TOKEND_UNAVAILABLE;
    std::string reason;
    identity who;
    steps told{};  // of explain() alone
};

// A directory as tokend needs it: it checks passwords, and finds out whether users still exist. Loop thread only.
class directory
{
public:
    // Throws std::invalid_argument if the certificates cannot be read. REQUIRES: `how` outlives this object.
    directory(executor const& on, settings const& how, log_sink log);

    void start();
    void stop();

    // An outage is a verdict here, not an exception. check_again() applies every rule of a login but the password: the
    // same base and filter, and the same rules for the account, its groups and its units.
    task<finding> log_in(std::string name, secret_bytes password, time_point until);
    task<finding> check_again(std::string username, std::string subject_id, time_point until);

    // What log_in() finds, and how. With an empty password everything else is checked.
    task<finding> explain(std::string name, secret_bytes password, time_point until);

    // Why questions cannot be answered; empty if they can. Thread-safe.
    std::string trouble() const;
    search_connection& searches() noexcept { return searches_; }
    bind_pool& binds() noexcept { return binds_; }

private:
    task<finding> examine(std::string const& name, secret_bytes const& password, inquiry about);
    task<diagnosis> bind(std::string const& dn, secret_bytes const& password, inquiry about);
    task<std::optional<entry>> find(search_request asked, inquiry about, finding& refused);
    task<finding> accept(entry const& user, std::string const& name, inquiry about);
    task<std::optional<entry>> find_again(std::string const& username, std::string const& subject_id, inquiry about,
                                          finding& refused);
    search_request by_template(std::string const& name) const;
    search_request by_name(std::string const& name) const;
    search_request by_dn(std::string const& dn) const;
    void use_best_server();
    void publish();

    settings const& how_;
    log_sink const log_;
    servers servers_;
    search_connection searches_;
    bind_pool binds_;
    groups groups_;
    mutable std::mutex mutex_;
    std::string trouble_;  // guarded by mutex_
};

}  // namespace tokend::plugin::ldap
