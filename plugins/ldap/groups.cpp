#include "ldap/groups.hpp"

#include "common/join.hpp"
#include "ldap/dn.hpp"
#include "ldap/escape.hpp"
#include "ldap/outage.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace tokend::plugin::ldap {
namespace {

constexpr std::size_t max_groups = 2000;
constexpr std::size_t groups_a_filter = 40;

answer const& require_success(answer const& a, std::string const& what)
{
    if (a.code != LDAP_SUCCESS)
        throw outage{what + ": the server answered " + a.text()};
    return a;
}

// For the steps of an inquiry.
std::string list_of(std::vector<std::string> const& dns)
{
    constexpr std::size_t most = 10;
    std::vector<std::string> const some(dns.begin(),
                                        dns.begin() + static_cast<std::ptrdiff_t>(std::min(dns.size(), most)));
    auto const rest = dns.size() > most ? " and " + std::to_string(dns.size() - most) + " more" : std::string{};
    return dns.empty() ? "none" : join(some, "; ") + rest;
}

// A filter that matches what any of the filters matches.
std::string any_of(std::vector<std::string> const& filters) { return "(|" + join(filters, "") + ')'; }

// Follows the nesting of groups upwards. Visits each group once, so that a cycle ends.
class walk
{
public:
    // Makes the groups that are new the frontier. Throws outage if there are too many.
    void add(std::vector<std::string> const& dns)
    {
        frontier_.clear();
        for (auto const& dn : dns)
            if (seen_.insert(canonical_dn(dn)).second)
                frontier_.push_back(dn);
        all_.insert(all_.end(), frontier_.begin(), frontier_.end());
        if (all_.size() > max_groups)
            throw outage{"the user is in more than " + std::to_string(max_groups) + " groups"};
    }
    std::vector<std::string> const& frontier() const noexcept { return frontier_; }
    std::vector<std::string> take() noexcept { return std::move(all_); }

private:
    std::set<std::string> seen_;
    std::vector<std::string> frontier_;
    std::vector<std::string> all_;
};

}  // namespace

std::vector<std::string> groups::wanted() const
{
    return how_.mode == group_mode::memberof ? std::vector<std::string>{"memberOf"} : std::vector<std::string>{};
}

std::string groups::filter_for(std::string_view dn, std::string const& name) const
{
    if (how_.mode == group_mode::in_chain)
        return "(member:1.2.840.113556.1.4.1941:=" + escape_filter(dn) + ")";
    return fill(how_.filter, {{"{dn}", escape_filter(dn)}, {"{username}", escape_filter(name)}});
}

task<std::vector<std::string>> groups::find(entry const& user, std::string const& name, inquiry about)
{
    walk found;
    if (how_.mode == group_mode::none)
        co_return found.take();
    if (how_.mode == group_mode::token_groups)
        co_return co_await token_groups(user.dn, about);
    if (how_.mode == group_mode::memberof)
    {
        found.add(user.values("memberOf"));
        about.tell("groups, from memberOf of the entry: " + list_of(found.frontier()));
    }
    else
        found.add(co_await search(filter_for(user.dn, name), about));
    auto const depth = how_.mode == group_mode::in_chain ? 0 : how_.depth;
    for (std::size_t level = 0; level < depth && !found.frontier().empty(); ++level)
    {
        std::vector<std::string> above;
        for (auto at = found.frontier().begin(); at != found.frontier().end();)
        {
            std::vector<std::string> filters;
            for (; at != found.frontier().end() && filters.size() < groups_a_filter; ++at)
                filters.push_back(filter_for(*at, name));
            auto more = co_await search(any_of(filters), about);
            std::move(more.begin(), more.end(), std::back_inserter(above));
        }
        found.add(above);
    }
    co_return found.take();
}

task<std::vector<std::string>> groups::search(std::string filter, inquiry about)
{
    auto const what = about.is_heard() ? "groups below '" + how_.base + "' with " + filter : std::string{};
    search_request asked{how_.base, scope::sub, std::move(filter), {LDAP_NO_ATTRS}};
    auto const got = co_await searches_.search_all(std::move(asked), max_groups, about.until);
    if (got.code == LDAP_SIZELIMIT_EXCEEDED || got.code == LDAP_ADMINLIMIT_EXCEEDED)
        throw outage{"the search for groups: the server's limit for the service's account ends it after " +
                     std::to_string(got.entries.size()) + " entries, page by page too: " + got.text()};
    std::vector<std::string> dns;
    for (auto const& e : require_success(got, "the search for groups").entries)
        dns.push_back(e.dn);
    if (about.is_heard())
        about.tell(what + ": " + list_of(dns));
    co_return dns;
}

// The server computes the SIDs of all groups, nested ones and the primary one too. A second step finds their DNs.
task<std::vector<std::string>> groups::token_groups(std::string const& user_dn, inquiry about)
{
    search_request const asked{user_dn, scope::base, "(objectClass=*)", {"tokenGroups"}, 1};
    auto const got = co_await searches_.search(asked, about.until);
    require_success(got, "tokenGroups of the user");
    std::vector<std::string> filters;
    for (auto const& e : got.entries)
        for (auto const& sid : e.values("tokenGroups"))
            filters.push_back("(objectSid=" + escape_octets(sid) + ")");
    walk found;
    std::vector<std::string> dns;
    for (auto at = filters.begin(); at != filters.end();)
    {
        auto const end = at + std::min<std::ptrdiff_t>(groups_a_filter, filters.end() - at);
        std::vector<std::string> const some(at, end);
        auto more = co_await search(any_of(some), about);
        std::move(more.begin(), more.end(), std::back_inserter(dns));
        at = end;
    }
    found.add(dns);
    co_return found.take();
}

}  // namespace tokend::plugin::ldap
