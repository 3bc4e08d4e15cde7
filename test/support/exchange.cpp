#include "support/exchange.hpp"

#include "reference/reference.hpp"

#include <algorithm>
#include <optional>
#include <regex>

namespace tokend::test {
namespace {

struct head
{
    std::string verb{};
    std::string target{};
    std::size_t size = 0;  // of the whole request; 0: nobody knows
};

// The size of the body that the headers declare, at the front of `rest`. Nothing if it is not there as a whole.
std::optional<std::size_t> body_size(std::string const& headers, std::string_view rest)
{
    static std::regex const length{"\r\nContent-Length:[ \t]*([0-9]{1,7})[ \t]*\r\n", std::regex::icase};
    static std::regex const coding{"\r\nTransfer-Encoding:", std::regex::icase};
    if (std::regex_search(headers, coding))
    {
        auto const end = rest.find("0\r\n\r\n");
        return end == rest.npos ? std::nullopt : std::optional{end + 5};
    }
    std::smatch found;
    if (!std::regex_search(headers, found, length))
        return 0;
    auto const size = std::stoul(found[1].str());
    return size <= rest.size() ? std::optional{size} : std::nullopt;
}

head read_head(std::string_view bytes)
{
    static std::regex const first{"^([^ \r\n]+) ([^ \r\n]+) [^ \r\n]+(\r\n|$)"};
    auto const empty = bytes.starts_with("\r\n") ? 2U : 0U;  // before a request it is ignored
    bytes.remove_prefix(empty);
    auto const line = bytes.substr(0, std::min<std::size_t>(bytes.find("\r\n"), 512));
    std::cmatch found;
    if (!std::regex_search(line.data(), line.data() + line.size(), found, first))
        return {};
    head h{found[1].str(), found[2].str()};
    auto const end = bytes.find("\r\n\r\n");
    if (end == bytes.npos)
        return h;
    auto const size = body_size(std::string{bytes.substr(0, end + 2)}, bytes.substr(end + 4));
    h.size = size ? empty + end + 4 + *size : 0;
    return h;
}

}  // namespace

void exchange::answered(answer const& a, bool has_body)
{
    if (a.status < 200)
        return;
    auto const request = is_lost_ ? head{} : read_head(bytes_);
    is_lost_ = request.size == 0;
    bytes_.erase(0, request.size);
    if (a.count("X-Request-Id") == 1)
        check_documented(request.verb, request.target, a, has_body && request.verb != "HEAD");
}

}  // namespace tokend::test
