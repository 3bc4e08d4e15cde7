#pragma once

#include "base/counts.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tokend {

enum class metrics_format
{
    prometheus,  // text format 0.0.4
    openmetrics  // OpenMetrics 1.0
};

// Writes metrics as text. All samples of a family stand behind its heading.
class metrics_text
{
public:
    using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    explicit metrics_text(metrics_format format) : format_{format} {}

    // Begin a family. `name` is without the suffix _total; `help` is a sentence without backslash and newline.
    void counter(std::string_view name, std::string_view help);
    void gauge(std::string_view name, std::string_view help);
    void histogram(std::string_view name, std::string_view help);  // of seconds

    // A sample of the family.
    void sample(labels of, std::uint64_t value);
    void sample(labels of, double value);
    void sample(labels of, time_distribution const& value);  // of a histogram

    std::string_view media_type() const noexcept;
    std::string finish() &&;

private:
    void begin(std::string_view name, std::string_view type, std::string_view help);
    void append_name(std::string_view suffix, labels of, std::string_view more = {});

    metrics_format const format_;
    std::string text_;
    std::string name_;     // of the family
    bool counts_ = false;  // the family is a counter
};

}  // namespace tokend
