#include "support/answer.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <strings.h>

namespace tokend::test {
namespace {

constexpr std::string_view line_end = "\r\n";

bool equal_names(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

int parse_status(std::string_view line)
{
    // HTTP/1.1 200 OK
    int status = 0;
    if (line.size() < 13 || !line.starts_with("HTTP/1.") || line[8] != ' ' || line[12] != ' ' ||
        std::from_chars(line.data() + 9, line.data() + 12, status).ptr != line.data() + 12)
        not_http(line);
    return status;
}

}  // namespace

std::size_t answer::count(std::string_view name) const
{
    return static_cast<std::size_t>(
        std::count_if(headers.begin(), headers.end(), [&](auto const& h) { return equal_names(h.first, name); }));
}

std::string answer::header(std::string_view name) const
{
    auto const found =
        std::find_if(headers.begin(), headers.end(), [&](auto const& h) { return equal_names(h.first, name); });
    return found == headers.end() ? std::string{} : found->second;
}

std::size_t answer::body_size() const
{
    if (status < 200 || status == 204 || status == 304)
        return 0;
    std::size_t size = 0;
    auto const text = header("Content-Length");
    if (count("Content-Length") != 1 ||
        std::from_chars(text.data(), text.data() + text.size(), size).ptr != text.data() + text.size())
        not_http("Content-Length: " + text);
    return size;
}

answer parse_answer_head(std::string_view text)
{
    answer a;
    auto end = text.find(line_end);
    a.status = parse_status(text.substr(0, end));
    for (text.remove_prefix(end + 2); !text.empty(); text.remove_prefix(end + 2))
    {
        end = text.find(line_end);
        auto const line = text.substr(0, end);
        auto const colon = line.find(": ");
        if (colon == std::string_view::npos)
            not_http(line);
        a.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    return a;
}

answer take_answer(std::string_view& bytes, bool is_to_head)
{
    constexpr std::string_view empty_line = "\r\n\r\n";
    auto const end = bytes.find(empty_line);
    if (end == bytes.npos)
        not_http(bytes);
    auto a = parse_answer_head(bytes.substr(0, end + line_end.size()));
    bytes.remove_prefix(end + empty_line.size());
    auto const size = a.body_size();
    if (is_to_head)
        return a;
    if (bytes.size() < size)
        not_http("the body is cut off: " + std::string{bytes});
    a.body = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return a;
}

void not_http(std::string_view what) { throw std::runtime_error{"this is no HTTP answer: " + std::string{what}}; }

}  // namespace tokend::test
