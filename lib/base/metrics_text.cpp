#include "base/metrics_text.hpp"

#include <array>
#include <charconv>

namespace tokend {
namespace {

// The shortest text that reads as the same number.
std::string number(double value)
{
    std::array<char, 32> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

std::string seconds(std::uint64_t microseconds) { return number(static_cast<double>(microseconds) / 1e6); }

void append_label_value(std::string& out, std::string_view value)
{
    for (char const c : value)
        if (c == '\n')
            out.append("\\n");
        else if (c == '"' || c == '\\')
            out.append(1, '\\').append(1, c);
        else
            out.append(1, c);
}

}  // namespace

void metrics_text::counter(std::string_view name, std::string_view help)
{
    counts_ = true;
    begin(name, "counter", help);
}

void metrics_text::gauge(std::string_view name, std::string_view help)
{
    counts_ = false;
    begin(name, "gauge", help);
}

void metrics_text::histogram(std::string_view name, std::string_view help)
{
    counts_ = false;
    begin(name, "histogram", help);
}

// The older format names a counter with its suffix.
void metrics_text::begin(std::string_view name, std::string_view type, std::string_view help)
{
    name_ = name;
    auto const heading = name_ + (counts_ && format_ == metrics_format::prometheus ? "_total" : "");
    text_.append("# HELP ").append(heading).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(heading).append(" ").append(type).append("\n");
}

void metrics_text::append_name(std::string_view suffix, labels of, std::string_view more)
{
    text_.append(name_).append(suffix);
    std::string_view separator = "{";
    for (auto const& [name, value] : of)
    {
        text_.append(separator).append(name).append("=\"");
        append_label_value(text_, value);
        text_.append("\"");
        separator = ",";
    }
    if (!more.empty())
        text_.append(separator).append("le=\"").append(more).append("\"");
    if (of.size() != 0 || !more.empty())
        text_.append("}");
    text_.append(" ");
}

void metrics_text::sample(labels of, std::uint64_t value)
{
    append_name(counts_ ? "_total" : "", of);
    text_.append(std::to_string(value)).append("\n");
}

void metrics_text::sample(labels of, double value)
{
    append_name(counts_ ? "_total" : "", of);
    text_.append(number(value)).append("\n");
}

void metrics_text::sample(labels of, time_distribution const& value)
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= time_distribution::bounds; ++i)
    {
        sum += value.counts[i];
        append_name("_bucket", of, i == time_distribution::bounds ? "+Inf" : seconds(time_distribution::bound(i)));
        text_.append(std::to_string(sum)).append("\n");
    }
    append_name("_sum", of);
    text_.append(seconds(value.microseconds)).append("\n");
    append_name("_count", of);
    text_.append(std::to_string(sum)).append("\n");
}

std::string_view metrics_text::media_type() const noexcept
{
    return format_ == metrics_format::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                  : "text/plain; version=0.0.4; charset=utf-8";
}

std::string metrics_text::finish() &&
{
    if (format_ == metrics_format::openmetrics)
        text_.append("# EOF\n");
    return std::move(text_);
}

}  // namespace tokend
