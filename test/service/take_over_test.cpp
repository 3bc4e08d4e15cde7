// A process that takes over from the one that runs, without a service manager.
#include "contract/contract.hpp"
#include "service/load.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tokend::test {
namespace {

struct generations
{
    temporary_folder folder;

    // All have the same address. The first of them chooses the port.
    daemon_options options(std::vector<std::string> more = {}) const
    {
        std::vector<std::string> arguments{"--server.take-over-socket=" + (folder / "take-over.sock").string(),
                                           "--tokens.file=" + (folder / "tokens").string(),
                                           "--listen.local.address=unix:" + (folder / "local.sock").string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return {.configuration = demonstration(), .arguments = arguments};
    }
    std::unique_ptr<daemon_process> start(std::vector<std::string> const& more = {}) const
    {
        return std::make_unique<daemon_process>(options(more));
    }
};

// Listens on a Unix socket in a process of its own, as another user. REQUIRES: this process is root.
class foreign_listener
{
public:
    explicit foreign_listener(std::string const& path)
    {
        int const made = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        BOOST_REQUIRE(::bind(made, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0);
        int ready[2];
        BOOST_REQUIRE(::pipe(ready) == 0);
        child_ = ::fork();
        if (child_ == 0)
        {
            bool const listens = ::setuid(nobody) == 0 && ::listen(made, 1) == 0;
            ::_exit(::write(ready[1], "x", listens ? 1 : 0) == 1 ? ::pause() : 1);
        }
        ::close(made);
        ::close(ready[1]);
        char byte = 0;
        BOOST_TEST(::read(ready[0], &byte, 1) == 1);
        ::close(ready[0]);
    }
    ~foreign_listener()
    {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    foreign_listener(foreign_listener const&) = delete;

    static constexpr uid_t nobody = 65534;

private:
    pid_t child_ = -1;
};

boost::test_tools::assertion_result is_root(boost::unit_test::test_unit_id)
{
    boost::test_tools::assertion_result root{::geteuid() == 0};
    root.message() << "only root can start a process as another user";
    return root;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(take_over_)

BOOST_AUTO_TEST_CASE(a_new_process_has_the_sockets_and_the_tokens_of_the_old_one)
{
    generations const all;
    auto const old = all.start();
    auto const token = issue_token(old->address());
    auto const next = all.start({"--take-over"});
    old->check_stop();
    BOOST_TEST(next->address() == old->address());
    BOOST_TEST(is_active(next->address(), token));
    BOOST_TEST(is_active("unix:" + (all.folder / "local.sock").string(), token));
    BOOST_TEST(old->logs(R"("msg":"another process takes over","pid":)" + std::to_string(next->pid())));
    BOOST_TEST(next->logs(R"("msg":"this process takes over from another","pid":)" + std::to_string(old->pid())));
    next->stop();
    BOOST_TEST(!std::filesystem::exists(all.folder / "local.sock"));
    BOOST_TEST(!std::filesystem::exists(all.folder / "take-over.sock"));
}

BOOST_AUTO_TEST_CASE(addresses_may_come_and_go_with_the_new_process)
{
    generations const all;
    auto const gone = (all.folder / "gone.sock").string();
    auto const old = all.start({"--listen.other.address=unix:" + gone});
    auto const come = (all.folder / "come.sock").string();
    auto const next = all.start({"--take-over", "--listen.other.address=unix:" + come});
    old->check_stop();
    BOOST_TEST(!issue_token("unix:" + come).empty());
    BOOST_CHECK_THROW(raw_client{"unix:" + gone}, std::exception);
}

BOOST_AUTO_TEST_CASE(ten_processes_in_a_row_refuse_no_connection_and_lose_no_token)
{
    generations const all;
    auto now = all.start();
    load_counts counts;
    issued_tokens tokens;
    std::atomic<bool> stopping{false};
    auto const port = static_cast<unsigned short>(std::stoi(now->address().substr(now->address().rfind(':') + 1)));
    std::vector<std::thread> clients;
    for (unsigned i = 0; i < 4; ++i)
        clients.emplace_back([&, i] {
            load_client client{port, i % 2 == 0, counts};
            std::minstd_rand random{i + 1};
            for (std::size_t n = 0; !stopping; ++n)
                if (n % 32 == 0)
                    client.issue(tokens);
                else if (auto const token = tokens.any(random); !token.empty())
                    client.validate(token);
        });
    for (int i = 0; i < 10; ++i)
    {
        auto next = all.start({"--take-over"});
        now->check_stop();
        now = std::move(next);
        auto const served = counts.validated.load();
        BOOST_TEST(eventually([&] { return counts.validated > served + 50; }));
    }
    stopping = true;
    for (auto& c : clients)
        c.join();
    load_client last{port, true, counts};
    for (auto const& token : tokens.all())
        last.validate(token);
    BOOST_TEST(counts.refused == 0U);
    BOOST_TEST(counts.failed == 0U, counts.first_failure());
    BOOST_TEST(counts.lost == 0U);
    BOOST_TEST(counts.issued > 0U);
    BOOST_TEST_MESSAGE("validated " << counts.validated << ", issued " << counts.issued << ", sent again "
                                    << counts.in_flight);
}

BOOST_AUTO_TEST_CASE(the_old_process_goes_on_if_the_new_one_could_not_start)
{
    generations const all;
    auto const old = all.start();
    auto const token = issue_token(old->address());
    std::filesystem::create_directory(all.folder / "tokens-are-no-folder");
    daemon_process const other{{.configuration = demonstration()}};
    for (auto const& mistake :
         {std::string{"--listen.more.address=192.0.2.1:80"}, std::string{"--backend.staff.users=missing"},
          std::string{"--listen.local.address=unix:/nonexistent/no.sock"}, "--listen.more.address=" + other.address()})
    {
        auto const refused = start_in_vain(all.options({"--take-over", mistake}));
        BOOST_TEST((refused.status == 78 || refused.status == 69), refused.log);
        BOOST_TEST(is_active(old->address(), token));
    }
    auto const refused =
        start_in_vain(all.options({"--take-over", "--tokens.file=" + (all.folder / "tokens-are-no-folder").string()}));
    BOOST_TEST(refused.status == 69);
    BOOST_TEST(refused.log.find("it is not a regular file") != std::string::npos, refused.log);
    BOOST_TEST(is_active(old->address(), token));
    all.start({"--take-over"});
    old->check_stop();
}

BOOST_AUTO_TEST_CASE(where_no_process_runs_it_is_a_start_like_any_other)
{
    generations const all;
    auto const first = all.start({"--take-over"});
    BOOST_TEST(first->logs("there is nobody to take over from: no tokend listens on take-over-socket"));
    BOOST_TEST(!issue_token(first->address()).empty());
}

BOOST_AUTO_TEST_CASE(it_needs_the_socket_in_the_configuration)
{
    auto const refused = start_in_vain({.configuration = demonstration(), .arguments = {"--take-over"}});
    BOOST_TEST(refused.status == 64);
    BOOST_TEST(refused.log.find("--take-over needs a take-over-socket in [server]") != std::string::npos, refused.log);
}

BOOST_AUTO_TEST_CASE(only_the_user_of_the_service_can_reach_the_socket)
{
    generations const all;
    auto const running = all.start();
    auto const mode = std::filesystem::status(all.folder / "take-over.sock").permissions();
    BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(sockets_of_another_user_are_not_taken, *boost::unit_test::precondition(is_root))
{
    generations const all;
    foreign_listener const other{(all.folder / "take-over.sock").string()};
    auto const refused = start_in_vain(all.options({"--take-over"}));
    BOOST_TEST(refused.status == 69);
    BOOST_TEST(refused.log.find("the process at take-over-socket belongs to user 65534") != std::string::npos,
               refused.log);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
