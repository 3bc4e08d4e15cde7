#include "audit/record.hpp"

#include "base/log_line.hpp"
#include "base/text.hpp"

#include <cstdint>
#include <initializer_list>

namespace tokend {
namespace {

// RFC 3339, UTC, to the millisecond.
void append(std::string& line, std::initializer_list<log_field> fields)
{
    for (auto const& f : fields)
        append_field(line, log_format::json, f);
}

template <class Count>
void append(std::string& line, std::string_view name, std::optional<Count> const& count)
{
    if (count)
        append(line, {{name, static_cast<std::int64_t>(*count)}});
}

std::string begin_line(timestamp when, std::string_view event)
{
    std::string line = R"({"ts":")";
    line += format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(when));
    append(line += '"', {{"event", event}});
    return line;
}

}  // namespace

std::string format_record(audit_record const& r, timestamp when)
{
    auto line = begin_line(when, r.event);
    append(line, {{"code", r.code},
                  {"organisation", r.organisation},
                  {"user", r.user},
                  {"unit", r.unit},
                  {"backend", r.backend},
                  {"accessor", r.accessor},
                  {"client", r.client},
                  {"request_id", r.request_id},
                  {"reason", r.reason}});
    if (!r.operator_name.empty())
        append(line, {{"operator", r.operator_name}});
    append(line, "us", r.duration ? std::optional{r.duration->count()} : std::nullopt);
    append(line, "ended", r.ended);
    append(line, "changed", r.changed);
    if (!r.ended_accessor.empty())
        append(line, {{"ended_accessor", r.ended_accessor}});
    return line.append("}\n");
}

std::string format_loss(std::size_t records, timestamp when)
{
    auto line = begin_line(when, "lost");
    append(line, "records", std::optional{records});
    return line.append("}\n");
}

}  // namespace tokend
