#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <random>
#include <string>
#include <vector>

// A load of logins and validations, over kept and over new connections, that goes on while tokend is started again.
namespace tokend::test {

// What became of the requests. A request that was on its way when the server closed a connection that had answered
// before is sent again on another connection (RFC 9112 section 9.3.1), and counts as `in_flight`.
struct load_counts
{
    std::atomic<std::size_t> validated{0};
    std::atomic<std::size_t> issued{0};
    std::atomic<std::size_t> refused{0};    // connections
    std::atomic<std::size_t> in_flight{0};  // requests
    std::atomic<std::size_t> failed{0};     // requests: no answer on a new connection, or not the expected one
    std::atomic<std::size_t> lost{0};       // tokens that were issued, and are not live

    void note_failure(std::string what);
    std::string first_failure() const;  // empty if there is none

private:
    mutable std::mutex mutex_;
    std::string first_failure_;
};

// The tokens that were issued. Thread-safe.
class issued_tokens
{
public:
    void add(std::string token);
    std::string any(std::minstd_rand& random) const;  // empty if there is none
    std::vector<std::string> all() const;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> tokens_;
};

// One client, with one connection at a time to a port of 127.0.0.1. Not thread-safe.
class load_client
{
public:
    // keeps: whether it keeps its connection after a response.
    load_client(unsigned short port, bool keeps, load_counts& counts) : port_{port}, keeps_{keeps}, counts_{counts} {}
    ~load_client();
    load_client(load_client const&) = delete;

    void issue(issued_tokens& tokens);
    void validate(std::string const& token);

private:
    std::string ask(std::string const& path, std::string const& body);  // returns the body; empty if there is no 200
    bool connect();
    bool exchange(std::string const& request, std::string& response);
    void close() noexcept;

    unsigned short const port_;
    bool const keeps_;
    load_counts& counts_;
    int socket_ = -1;
    bool has_answered_ = false;  // on this connection
};

}  // namespace tokend::test
