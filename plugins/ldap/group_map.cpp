#include "ldap/group_map.hpp"

#include "ldap/dn.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace tokend::plugin::ldap {
namespace {

std::string_view trim(std::string_view text)
{
    auto const first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view{} : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Returns the position of the semicolon that ends the rule. A DN may hold a semicolon as "\;".
std::size_t find_end(std::string_view text)
{
    auto end = text.find(';');
    while (end != text.npos && end > 0 && text[end - 1] == '\\')
        end = text.find(';', end + 1);
    return end;
}

void add(std::vector<std::string>& to, std::string const& word)
{
    if (std::find(to.begin(), to.end(), word) == to.end())
        to.push_back(word);
}

}  // namespace

group_map::group_map(std::string_view text)
{
    takes_all_ = trim(text) == "*";
    while (!takes_all_ && !trim(text).empty())
    {
        auto const end = find_end(text);
        auto const line = trim(text.substr(0, end));
        text = end == text.npos ? std::string_view{} : text.substr(end + 1);
        auto const arrow = line.rfind("->");
        auto const group = trim(line.substr(0, arrow));
        auto const word = arrow == line.npos ? std::string_view{} : trim(line.substr(arrow + 2));
        if (group.empty() || word.empty())
            throw std::invalid_argument{"'" + std::string{line} + "', GROUP -> NAME; GROUP -> NAME was meant"};
        std::string const name{group};
        rules_.push_back({canonical_dn(name), is_dn(name), std::string{word}});
    }
}

bool group_map::uses_names() const noexcept
{
    return takes_all_ || std::any_of(rules_.begin(), rules_.end(), [](rule const& r) { return !r.is_dn; });
}

// Names and DNs are compared separately: a group's name may look like another group's DN.
std::vector<std::string> group_map::apply(std::vector<std::string> const& group_dns, std::string const& base) const
{
    std::vector<std::string> words;
    std::set<std::string> dns;
    std::set<std::string> names;
    for (auto const& dn : group_dns)
    {
        dns.insert(canonical_dn(dn));
        if (depth_below(dn, base).value_or(0) == 0)
            continue;
        names.insert(lower(first_value(dn)));
        if (takes_all_)
            add(words, first_value(dn));
    }
    for (auto const& one : rules_)
        if ((one.is_dn ? dns : names).contains(one.group))
            add(words, one.word);
    return words;
}

}  // namespace tokend::plugin::ldap
