#pragma once

#include "support/answer.hpp"
#include "support/exchange.hpp"
#include "support/process.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// Who answers a client: tokend, or a proxy that adds header fields of its own.
enum class answers_from
{
    tokend,
    proxy
};

// A client that sends exactly the given bytes, by blocking calls. If the peer is silent for 15 s, every function that
// reads throws std::runtime_error; and std::logic_error if etc/openapi.yaml has no such answer of tokend.
class raw_client
{
public:
    // To "127.0.0.1:8080", "[::1]:8080" or "unix:/path"; from the numeric address `own`, unless that is empty. Throws
    // std::system_error.
    explicit raw_client(std::string const& address, std::string const& own = {},
                        answers_from peer = answers_from::tokend);

    // Sends all bytes, or as many as the peer takes before it closes.
    void send(std::string_view bytes);
    void finish_sending();

    // Returns the next answer, or nothing if the peer has closed before it. Throws if the answer is cut or is not HTTP.
    std::optional<answer> receive_or_end();
    answer receive();          // throws if the peer has closed
    answer receive_to_head();  // the answer to a HEAD request: no body follows, whatever its Content-Length
    std::vector<answer> receive_until_closed();
    std::string receive_bytes_until_closed();

    bool has_answer() const;  // bytes have arrived, or the peer has closed
    int socket() const noexcept { return socket_.get(); }

private:
    bool receive_more();  // returns false at the end of the stream or after a reset
    std::optional<answer> receive_headers();

    descriptor socket_;
    std::string unread_;
    std::optional<exchange> exchange_;  // with a tokend
};

// One request on a connection of its own.
answer ask(std::string const& address, std::string_view request);

}  // namespace tokend::test
