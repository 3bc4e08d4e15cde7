#pragma once

#include "common/date.hpp"
#include "common/record.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin {

// A client cannot ask for a longer name, so a longer one in a file is a mistake.
inline constexpr std::size_t max_name_bytes = 256;
inline constexpr std::size_t max_unit_bytes = 128;

struct membership
{
    std::vector<std::string> units;
    std::string default_unit;  // one of the units, or empty
    std::vector<std::string> groups;

    bool operator==(membership const&) const = default;
};

// Reads three columns: units, default unit, and groups. `units_column` is the first of them. A record that names no
// units gets those of `fallback`. If that is null (not known here), the default unit is not checked.
membership read_membership(record const& from, std::size_t units_column, std::vector<std::string> const* fallback);

// The three columns as text.
std::string format_columns(membership const& m);

// Somebody who may log in: a user, or the owner of an access token.
struct account
{
    std::string name;
    std::string id;  // distinguishes two records of one name; may be empty
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

// The answer to a question about an account.
struct [[nodiscard]] judgement
{
    plugin::verdict verdict;
    std::string_view reason;       // for log and audit; a literal
    account const* who = nullptr;  // on accept; owned by the object that was asked
};

}  // namespace tokend::plugin
