#pragma once

#include "support/process.hpp"

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

// The real tokend, as an administrator starts it: a configuration file, and options that override it.
namespace tokend::test {

struct daemon_options
{
    std::filesystem::path configuration{};
    std::vector<std::string> arguments{};  // besides the address and the plugin directory: "--http.idle-timeout=1s"
    std::string address = "127.0.0.1:0";
    std::filesystem::path plugins{};         // empty: those of this build
    std::size_t open_files = 0;              // its RLIMIT_NOFILE; 0: the test's
    std::vector<std::string> environment{};  // variables besides the test's: "NAME=VALUE"
};

std::filesystem::path demonstration();  // the configuration that `app/run` serves
std::filesystem::path fake_plugins();   // the folder of the plugins in test/fake

// A running tokend. The constructor returns when tokend listens, and throws its log if it does not. The end checks that
// no secret of the tests is in the log or in a file.
class daemon_process
{
public:
    explicit daemon_process(daemon_options const& options);
    ~daemon_process();  // calls stop() unless it was called

    std::string const& address() const noexcept { return address_; }  // "127.0.0.1:43121" or "unix:/path"
    pid_t pid() const noexcept { return process_.pid(); }
    void signal(int number) const { process_.signal(number); }
    std::string log(std::size_t from = 0) const { return process_.errors(from); }  // from that byte on
    std::size_t descriptors() const;                                               // that it has open
    // Waits until it has no more open than there were; returns false if it keeps more. The watchers of its files may
    // open theirs after a test has counted.
    bool comes_back_to(std::size_t descriptors) const;
    void limit_descriptors(std::size_t most) const;
    bool logs(std::string_view text) const;  // waits until the log has the text; returns false if it never does

    // Sends SIGTERM and checks that tokend ends with status 0, well within the 5 s that it promises to a service
    // manager.
    void stop(int signal = SIGTERM);
    void check_stop();  // the same, after the signal was sent

private:
    process process_;
    std::string address_;
    bool stopped_ = false;
};

// A running tokend that does not end in order: kill() and the destructor end it as a crash would.
class killable_daemon
{
public:
    explicit killable_daemon(daemon_options const& options);
    std::string const& address() const noexcept { return address_; }
    void kill();

private:
    process process_;
    std::string address_;
};

// The result of a tokend that should not start.
struct outcome
{
    int status = 0;
    std::string log;
};
outcome start_in_vain(daemon_options const& options);

}  // namespace tokend::test
