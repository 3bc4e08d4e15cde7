#pragma once

#include "support/process.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend::test {

// One HTTP answer as it came.
struct answer
{
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // in their order, names as spelt
    std::string body;

    std::size_t count(std::string_view name) const;   // of a header, any case
    std::string header(std::string_view name) const;  // its value; empty if it is not there
};

// A client that says exactly what it is told to, by blocking calls. A peer that is silent for 15 s is an error: every
// function that reads then throws std::runtime_error.
class raw_client
{
public:
    explicit raw_client(std::string const& address);  // "127.0.0.1:8080" or "unix:/path"; throws std::system_error

    // All of it, or as much as the peer takes before it closes.
    void send(std::string_view bytes);
    void finish_sending();

    // The next answer, or nothing if the peer has closed in front of it. Throws if it is no HTTP, or cut off.
    std::optional<answer> receive_or_end();
    answer receive();          // throws if there is none
    answer receive_to_head();  // the answer to a HEAD request: no body follows, whatever its Content-Length
    std::vector<answer> receive_until_closed();
    std::string receive_bytes_until_closed();

    bool has_answer() const;  // something has come, or the peer has closed
    int socket() const noexcept { return socket_.get(); }

private:
    bool receive_more();  // false at the end; a reset counts as one
    std::optional<answer> receive_headers();

    descriptor socket_;
    std::string unread_;
};

// One request on a connection of its own.
answer ask(std::string const& address, std::string_view request);

}  // namespace tokend::test
