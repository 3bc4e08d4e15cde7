#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin::ldap {

// From groups of the directory to words of tokend: "GROUP -> WORD; GROUP -> WORD", where GROUP is a DN or the value of
// its first part, without regard to case; or "*": every group under its own name.
class group_map
{
public:
    group_map() = default;
    explicit group_map(std::string_view text);  // throws std::invalid_argument

    bool empty() const noexcept { return rules_.empty() && !takes_all_; }
    // The words for these DNs, each once, in the map's order.
    std::vector<std::string> apply(std::vector<std::string> const& group_dns) const;

private:
    struct rule
    {
        std::string group;  // as canonical_dn() or lower() spell it
        std::string word;
    };
    std::vector<rule> rules_;
    bool takes_all_ = false;
};

}  // namespace tokend::plugin::ldap
