#pragma once

#include "app/plugin_check/plan.hpp"

#include <span>
#include <string>
#include <string_view>

namespace tokend {

// A part of the contract of tokend/plugin.h, held against a plugin. Runs in a child process, see child.hpp, and returns
// what it saw.
struct check
{
    std::string_view name;
    std::string_view what;
    std::string (*run)(plan const& p);
    bool is_vital = false;  // the checks after it need what it checks
};
std::span<check const> all_checks() noexcept;  // in an order that finds the cause first

// The library
std::string check_load(plan const& p);
std::string check_exports(plan const& p);
std::string check_descriptor(plan const& p);
std::string check_options_table(plan const& p);
// An instance
std::string check_create(plan const& p);
std::string check_wrong_options(plan const& p);
std::string check_start(plan const& p);
std::string check_health(plan const& p);
std::string check_reload(plan const& p);
std::string check_old_host(plan const& p);
std::string check_instances(plan const& p);
std::string check_leaks(plan const& p);
// Its answers
std::string check_unknown(plan const& p);
std::string check_known(plan const& p);
std::string check_deadline(plan const& p);
std::string check_cancel(plan const& p);
std::string check_many(plan const& p);
std::string check_stop(plan const& p);
// Its other functions
std::string check_at_once(plan const& p);
std::string check_recheck(plan const& p);
std::string check_explain(plan const& p);
std::string check_knows(plan const& p);
std::string check_decoy(plan const& p);

}  // namespace tokend
