#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tokend {

// The levels of syslog(3): a lower number is more severe.
enum class log_level : unsigned char
{
    error = 3,
    warning = 4,
    info = 6,
    debug = 7
};

enum class log_format
{
    text,
    json,
    journal  // a line is written as in json, and its fields are sent to the journal
};

// One `name=value` of a line. Views: the texts must outlive the field.
struct log_field
{
    log_field(std::string_view n, std::string_view v) : name{n}, text{v} {}
    log_field(std::string_view n, char const* v) : name{n}, text{v} {}
    log_field(std::string_view n, std::string const& v) : name{n}, text{v} {}
    log_field(std::string_view n, std::int64_t v) : name{n}, number{v}, is_number{true} {}
    // Written in milliseconds, as 2.140.
    log_field(std::string_view n, std::chrono::microseconds v)
        : name{n}, number{v.count()}, is_number{true}, is_thousandth{true}
    {}
    std::string_view name;
    std::string_view text{};
    std::int64_t number = 0;
    bool is_number = false;
    bool is_thousandth = false;  // the number counts thousandths
};

// Returns one line without a newline. Both formats escape what is not printable, and quotes in values.
std::string format_line(log_format format, timestamp when, log_level level, std::string_view event,
                        std::initializer_list<log_field> fields);

// The same, from fields that format_fields() returned for the same format.
std::string format_line(log_format format, timestamp when, log_level level, std::string_view event,
                        std::string_view fields);
std::string format_fields(log_format format,
                          std::initializer_list<log_field> fields);           // texts that are empty: left out
void append_field(std::string& line, log_format format, log_field const& f);  // also an empty text

}  // namespace tokend
