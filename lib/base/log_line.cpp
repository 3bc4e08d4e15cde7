#include "base/log_line.hpp"

#include "base/printable.hpp"
#include "base/text.hpp"

namespace tokend {
namespace {

std::string_view name_of(log_level level) noexcept
{
    switch (level)
    {
    case log_level::error:
        return "error";
    case log_level::warning:
        return "warning";
    case log_level::info:
        return "info";
    case log_level::debug:
        return "debug";
    }
    return "error";
}

bool stands_for_itself(std::string_view s) noexcept
{
    return !s.empty() && s.find_first_of("\" =\\") == s.npos && is_printable(s);
}

void append_number(std::string& line, log_field const& f)
{
    if (!f.is_thousandth)
    {
        line += std::to_string(f.number);
        return;
    }
    auto const digits = std::to_string(1000 + f.number % 1000);  // four of them
    line.append(std::to_string(f.number / 1000)).append(1, '.').append(digits, 1);
}

// Text lines quote values as JSON does.
void append_text(std::string& line, log_field const& f)
{
    line.append(1, ' ').append(f.name).append(1, '=');
    if (f.is_number)
        append_number(line, f);
    else if (stands_for_itself(f.text))
        line += f.text;
    else
        append_quoted(line, f.text);
}

void append_json(std::string& line, log_field const& f)
{
    line += ',';
    append_quoted(line, f.name);
    line += ':';
    if (f.is_number)
        append_number(line, f);
    else
        append_quoted(line, f.text);
}

}  // namespace

void append_field(std::string& line, log_format format, log_field const& f)
{
    format == log_format::text ? append_text(line, f) : append_json(line, f);
}

std::string format_fields(log_format format, std::initializer_list<log_field> fields)
{
    std::string text;
    for (auto const& f : fields)
        if (f.is_number || !f.text.empty())
            append_field(text, format, f);
    return text;
}

std::string format_line(log_format format, timestamp when, log_level level, std::string_view event,
                        std::string_view fields)
{
    auto const time = format_rfc3339(std::chrono::floor<std::chrono::milliseconds>(when));
    std::string line;
    if (format == log_format::text)
    {
        line.append(time).append(1, ' ').append(name_of(level)).append(1, ' ');
        append_escaped(line, event);
        return line.append(fields);
    }
    line.append(R"({"ts":")").append(time).append(R"(","level":")").append(name_of(level));
    append_quoted(line.append(R"(","msg":)"), event);
    return line.append(fields).append(1, '}');
}

std::string format_line(log_format format, timestamp when, log_level level, std::string_view event,
                        std::initializer_list<log_field> fields)
{
    return format_line(format, when, level, event, format_fields(format, fields));
}

}  // namespace tokend
