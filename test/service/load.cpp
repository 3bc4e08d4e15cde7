#include "service/load.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace tokend::test {
namespace {

constexpr std::string_view login =
    R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})";
constexpr std::string_view token_member = R"("token":")";
constexpr std::string_view end_of_headers = "\r\n\r\n";

// Returns the size of the response that begins `text`, or 0 while its headers are not complete.
std::size_t size_of(std::string_view text)
{
    constexpr std::string_view header = "Content-Length: ";
    auto const end = text.find(end_of_headers);
    auto const length = text.find(header);
    if (end == text.npos || length >= end)
        return 0;
    return end + end_of_headers.size() +
           std::strtoul(std::string{text.substr(length + header.size(), 8)}.c_str(), nullptr, 10);
}

}  // namespace

void load_counts::note_failure(std::string what)
{
    ++failed;
    std::lock_guard const lock{mutex_};
    if (first_failure_.empty())
        first_failure_ = std::move(what);
}

std::string load_counts::first_failure() const
{
    std::lock_guard const lock{mutex_};
    return first_failure_;
}

void issued_tokens::add(std::string token)
{
    std::lock_guard const lock{mutex_};
    tokens_.push_back(std::move(token));
}

std::string issued_tokens::any(std::minstd_rand& random) const
{
    std::lock_guard const lock{mutex_};
    return tokens_.empty() ? std::string{} : tokens_[random() % tokens_.size()];
}

std::vector<std::string> issued_tokens::all() const
{
    std::lock_guard const lock{mutex_};
    return tokens_;
}

load_client::~load_client() { close(); }

void load_client::issue(issued_tokens& tokens)
{
    auto const answer = ask("/authentication/token", std::string{login});
    if (answer.empty())
        return;
    auto const begin = answer.find(token_member);
    if (begin == answer.npos)
        return counts_.note_failure(answer);
    tokens.add(answer.substr(begin + token_member.size(), 32));
    ++counts_.issued;
}

void load_client::validate(std::string const& token)
{
    auto const answer = ask("/authentication/token/validate", R"({"token":")" + token + R"("})");
    if (answer.empty())
        return;
    ++(answer.find(R"("active":true)") != answer.npos ? counts_.validated : counts_.lost);
}

std::string load_client::ask(std::string const& path, std::string const& body)
{
    auto const request = "POST " + path +
                         " HTTP/1.1\r\nHost: tokend\r\nContent-Type: application/json\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body;
    std::string response;
    while (socket_ >= 0 || connect())
    {
        if (exchange(request, response))
        {
            if (!keeps_ || response.find("\r\nConnection: close\r\n") != response.npos)
                close();
            if (response.starts_with("HTTP/1.1 200 "))
                return response.substr(response.find(end_of_headers) + end_of_headers.size());
            counts_.note_failure(path + ": " + response);
            return {};
        }
        bool const was_closed = has_answered_ && response.empty();
        close();
        if (!was_closed)
        {
            counts_.note_failure(path + ": a new connection was closed after '" + response + '\'');
            return {};
        }
        ++counts_.in_flight;
    }
    counts_.note_failure(path + ": no connection");
    return {};
}

bool load_client::connect()
{
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0)
        return true;
    ++counts_.refused;
    close();
    return false;
}

// Returns false if the connection ends before the response does.
bool load_client::exchange(std::string const& request, std::string& response)
{
    response.clear();
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return false;
    std::array<char, 4096> bytes;
    for (;;)
    {
        auto const count = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count <= 0)
            return false;
        response.append(bytes.data(), static_cast<std::size_t>(count));
        if (auto const size = size_of(response); size != 0 && response.size() >= size)
            return has_answered_ = true;
    }
}

void load_client::close() noexcept
{
    if (socket_ >= 0)
        ::close(std::exchange(socket_, -1));
    has_answered_ = false;
}

}  // namespace tokend::test
