#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin::ldap {

// Translates groups of the directory to words of tokend: "GROUP -> WORD; GROUP -> WORD". GROUP is a group's DN, or, for
// a group below a base, its name: the value of the first part of its DN. Case does not matter. The map "*" takes every
// group below the base under its own name.
class group_map
{
public:
    group_map() = default;
    explicit group_map(std::string_view text);  // throws std::invalid_argument

    bool empty() const noexcept { return rules_.empty() && !takes_all_; }
    bool uses_names() const noexcept;
    // Returns the words for these DNs, each once, in the map's order. Every DN is below an empty base.
    std::vector<std::string> apply(std::vector<std::string> const& group_dns, std::string const& base) const;

private:
    struct rule
    {
        std::string group;  // in the spelling of canonical_dn() or lower()
        bool is_dn = false;
        std::string word;
    };
    std::vector<rule> rules_;
    bool takes_all_ = false;
};

}  // namespace tokend::plugin::ldap
