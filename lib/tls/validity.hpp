#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

// When a certificate is valid, and when to warn that it will not be. Nothing here ends a service: an expired
// certificate is served, because some clients go on with it, and all clients would miss a server that does not start.
namespace tokend {

struct validity
{
    std::chrono::sys_seconds from;
    std::chrono::sys_seconds until;

    bool operator==(validity const&) const = default;
};

// How far a certificate is from its end.
enum class validity_stage
{
    good,  // more than 30 days
    last_30_days,
    last_7_days,
    last_day,
    expired,
    not_begun
};

validity_stage stage_of(validity const& v, std::chrono::sys_seconds now) noexcept;

// A certificate of a context, as much as a warning needs.
struct certificate_summary
{
    std::filesystem::path file;
    tokend::validity validity;
};

// "FILE: the certificate expires in 6 days, on 2026-12-06T00:00:00Z"; nothing while it is good for more than 30 days.
std::optional<std::string> validity_warning(certificate_summary const& c, std::chrono::sys_seconds now);

// Decides which warnings are new: each certificate is warned of once for each stage, and daily once it has expired.
// Not thread-safe.
class validity_watch
{
public:
    // Returns the warnings that are due. Call it when certificates are loaded, and daily.
    std::vector<std::string> look(std::span<certificate_summary const> all, std::chrono::sys_seconds now);

private:
    struct seen
    {
        tokend::validity validity;
        validity_stage stage;
    };
    std::map<std::filesystem::path, seen> last_;
};

}  // namespace tokend
