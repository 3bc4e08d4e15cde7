#include "web/router.hpp"

#include <algorithm>

namespace tokend {
namespace {

struct inner_path
{
    std::string_view path;
    bool legacy = false;
};

// The path without a legacy prefix.
inner_path without_prefix(std::string_view path, http_options const& options) noexcept
{
    for (std::string_view const prefix : options.legacy_prefixes)
        if (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'))
            return {path.substr(prefix.size()), true};
    return {path};
}

// Returns true if `rest`, behind a route's path, is so many segments, and sets them.
bool take_segments(std::string_view rest, int count, std::string_view& segments) noexcept
{
    if (rest.size() < 2 || rest.front() != '/')
        return false;
    rest.remove_prefix(1);
    if (rest.back() == '/')
        rest.remove_suffix(1);
    segments = rest;
    return !rest.empty() && !rest.starts_with('/') && !rest.ends_with('/') &&
           std::ranges::count(rest, '/') == count - 1;
}

inline bool has_path(route const& r, inner_path const& wanted, std::string_view& segment) noexcept
{
    if ((wanted.legacy && !r.native) || !wanted.path.starts_with(r.path))
        return false;
    auto const rest = wanted.path.substr(r.path.size());
    if (r.use == path_use::last_segment)
        return take_segments(rest, 1, segment);
    if (r.use == path_use::two_segments)
        return take_segments(rest, 2, segment);
    return rest.empty() || rest == "/" || (r.use == path_use::subtree && rest.front() == '/');
}

inline bool has_verb(route const& r, std::string_view verb) noexcept
{
    return r.verb == verb || r.verb.empty() || (r.verb == "GET" && verb == "HEAD");
}

}  // namespace

route_match find_route(std::span<route const> routes, std::string_view verb, std::string_view path,
                       http_options const& options) noexcept
{
    auto const wanted = without_prefix(path, options);
    route_match found{.legacy = wanted.legacy};
    for (auto const& r : routes)
        if (std::string_view segment; has_path(r, wanted, segment))
        {
            if (has_verb(r, verb))
                return {&r, true, wanted.legacy, segment};
            if (found.route == nullptr)
                found.route = &r;
        }
    return found;
}

std::string allowed_verbs(std::span<route const> routes, std::string_view path, http_options const& options)
{
    std::string verbs;
    auto const wanted = without_prefix(path, options);
    for (auto const& r : routes)
        if (std::string_view segment; has_path(r, wanted, segment))
            verbs.append(verbs.empty() ? "" : ", ").append(r.verb == "GET" ? "GET, HEAD" : r.verb);
    return verbs;
}

}  // namespace tokend
