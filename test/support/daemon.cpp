#include "support/daemon.hpp"

#include "support/secrets.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <iterator>
#include <stdexcept>
#include <string_view>

namespace tokend::test {

namespace {

process launch(daemon_options const& options)
{
    auto const plugins = options.plugins.empty() ? std::filesystem::path{TEST_PLUGINS} : options.plugins;
    auto arguments = options.environment;
    arguments.emplace_back(TEST_TOKEND);
    std::vector<std::string> const settings{"--config", options.configuration.string(),
                                            "--listen.public.address=" + options.address,
                                            "--server.plugin-directory=" + plugins.string(),
                                            // Tests fail to log in again and again.
                                            "--login.lockout-failures=0", "--login.lockout-name-failures=0"};
    arguments.insert(arguments.end(), settings.begin(), settings.end());
    if (options.configuration == demonstration())  // a checkout may be writable by its group
        arguments.emplace_back("--server.allow-loose-modes=yes");
    arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
    return process{"/usr/bin/env", arguments, options.open_files};
}

std::string await_ready(process& tokend)
{
    constexpr std::string_view announcement = "listening public ";
    auto const until = within(std::chrono::seconds{15});
    while (auto const line = tokend.read_line(until))
        if (line->starts_with(announcement))
            return line->substr(announcement.size());
    auto const status = tokend.wait(until);
    throw std::runtime_error{"tokend does not listen" +
                             (status ? ", exit status " + std::to_string(*status) : std::string{}) + "; its log:\n" +
                             tokend.errors()};
}

}  // namespace

std::filesystem::path demonstration() { return TEST_DEMONSTRATION; }

std::filesystem::path fake_plugins() { return TEST_FAKE_PLUGINS; }

daemon_process::daemon_process(daemon_options const& options)
    : process_{launch(options)}, address_{await_ready(process_)}
{}

daemon_process::~daemon_process()
{
    if (!stopped_)
        stop();
}

std::size_t daemon_process::descriptors() const
{
    std::filesystem::directory_iterator const all{"/proc/" + std::to_string(pid()) + "/fd"};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool daemon_process::comes_back_to(std::size_t descriptors) const
{
    constexpr std::size_t most_watchers = 3;
    return eventually([&] { return this->descriptors() <= descriptors + most_watchers; });
}

void daemon_process::limit_descriptors(std::size_t most) const
{
    ::rlimit limit{};
    ::prlimit(pid(), RLIMIT_NOFILE, nullptr, &limit);
    limit.rlim_cur = most;
    BOOST_TEST_REQUIRE(::prlimit(pid(), RLIMIT_NOFILE, &limit, nullptr) == 0);
}

bool daemon_process::logs(std::string_view text) const
{
    return eventually([&] { return log().find(text) != std::string::npos; });
}

void daemon_process::stop(int signal)
{
    check_files_for_secrets(pid());
    process_.signal(signal);
    check_stop();
}

void daemon_process::check_stop()
{
    stopped_ = true;
    auto const status = process_.wait(within(std::chrono::seconds{5}));
    BOOST_CHECK_MESSAGE(
        status == 0,
        (status ? "tokend ended with status " + std::to_string(*status) : std::string{"tokend did not end"})
            << "; its log:\n"
            << log());
    check_for_secrets(log(), "the log");
}

killable_daemon::killable_daemon(daemon_options const& options)
    : process_{launch(options)}, address_{await_ready(process_)}
{}

void killable_daemon::kill()
{
    check_files_for_secrets(process_.pid());
    check_for_secrets(process_.errors(), "the log");
    process_.signal(SIGKILL);
    BOOST_TEST((process_.wait(within(std::chrono::seconds{5})) == 128 + SIGKILL));
}

outcome start_in_vain(daemon_options const& options)
{
    auto tokend = launch(options);
    auto const status = tokend.wait(within(std::chrono::seconds{15}));
    if (!status)
        throw std::runtime_error{"tokend did start; its log:\n" + tokend.errors()};
    return {*status, tokend.errors()};
}

}  // namespace tokend::test
