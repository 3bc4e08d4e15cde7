#include "tls/validity.hpp"

#include "base/text.hpp"

namespace tokend {
namespace {

using days = std::chrono::days;

std::string in_days(std::chrono::seconds left)
{
    auto const whole = std::chrono::floor<days>(left).count();
    if (whole == 0)
        return "within a day";
    return "in " + std::to_string(whole) + (whole == 1 ? " day" : " days");
}

}  // namespace

validity_stage stage_of(validity const& v, std::chrono::sys_seconds now) noexcept
{
    if (now < v.from)
        return validity_stage::not_begun;
    auto const left = v.until - now;
    if (left < std::chrono::seconds{0})  // a certificate is valid to its last second (RFC 5280 section 4.1.2.5)
        return validity_stage::expired;
    if (left <= days{1})
        return validity_stage::last_day;
    if (left <= days{7})
        return validity_stage::last_7_days;
    return left <= days{30} ? validity_stage::last_30_days : validity_stage::good;
}

std::optional<std::string> validity_warning(certificate_summary const& c, std::chrono::sys_seconds now)
{
    auto const begin = c.file.string() + ": the certificate ";
    switch (stage_of(c.validity, now))
    {
    case validity_stage::good:
        return std::nullopt;
    case validity_stage::not_begun:
        return begin + "is not valid before " + format_rfc3339(c.validity.from);
    case validity_stage::expired:
        return begin + "expired on " + format_rfc3339(c.validity.until) + "; clients that check it will refuse it";
    case validity_stage::last_30_days:
    case validity_stage::last_7_days:
    case validity_stage::last_day:
        break;
    }
    return begin + "expires " + in_days(c.validity.until - now) + ", on " + format_rfc3339(c.validity.until);
}

std::vector<std::string> validity_watch::look(std::span<certificate_summary const> all, std::chrono::sys_seconds now)
{
    std::vector<std::string> due;
    std::map<std::filesystem::path, seen> current;
    for (auto const& c : all)
    {
        auto const stage = stage_of(c.validity, now);
        auto const before = last_.find(c.file);
        bool const is_known =
            before != last_.end() && before->second.validity == c.validity && before->second.stage == stage;
        if (auto warning = validity_warning(c, now); warning && (!is_known || stage == validity_stage::expired))
            due.push_back(*std::move(warning));
        current.insert_or_assign(c.file, seen{c.validity, stage});
    }
    last_ = std::move(current);
    return due;
}

}  // namespace tokend
