#pragma once

#include "common/date.hpp"
#include "common/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin {

// Bounds of what a client can ask for; a longer name in a file is a mistake.
inline constexpr std::size_t max_name_bytes = 256;
inline constexpr std::size_t max_unit_bytes = 128;

struct membership
{
    std::vector<std::string> units;
    std::string default_unit;  // one of the units, or empty
    std::vector<std::string> groups;

    bool operator==(membership const&) const = default;
};

// Reads the three columns units, default unit, groups, of which `units_column` is the first. A record that names no
// units has `fallback`; where that is not known here (null), its default unit cannot be checked.
membership read_membership(record const& from, std::size_t units_column, std::vector<std::string> const* fallback);

// The three columns as text.
std::string format_columns(membership const& m);

// Who may log in.
struct account
{
    std::string name;
    std::string id;  // tells two records of one name apart; may be empty
    membership belongs;
    std::optional<instant> ends;  // not usable from then on
    bool is_api_key = false;
};

enum class verdict
{
    accept,
    bad_secret,
    no_such_user,
    locked,
    disabled,
    expired,
    unavailable
};

// What a question about an account comes to.
struct judgement
{
    plugin::verdict verdict;
    std::string_view reason;       // for log and audit; a literal
    account const* who = nullptr;  // on accept; belongs to what was asked
};

}  // namespace tokend::plugin
