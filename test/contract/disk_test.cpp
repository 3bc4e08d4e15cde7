// Disks that fail, hang, fill up, or lose the tokens file, under the real tokend. A preloaded library
// (test/preload/failing_disk.c) makes the n-th call and all later calls fail or hang: for every n of a start with a new
// snapshot, and of logins, renewals and releases.
#include "contract/contract.hpp"
#include "contract/durable_daemon.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

constexpr std::string_view fixed_login = R"({"username":"u","password":"p","organisation":"FIXED"})";
constexpr std::string_view sliding_login = R"({"username":"u","password":"p","organisation":"SLIDING"})";
constexpr std::string_view get_ready = "GET /readyz HTTP/1.1\r\nHost: tokend\r\n\r\n";

ino_t inode_of(std::filesystem::path const& file)
{
    struct ::stat found
    {};
    return ::stat(file.c_str(), &found) == 0 ? found.st_ino : 0;
}

// How the disk of a tokend fails.
struct fault
{
    std::string calls;
    int at;
    int error;  // 0: it hangs
};

// A tokend whose disk fails, and its answers.
class tried_daemon
{
public:
    tried_daemon(durable_daemons const& daemons, fault const& f)
        : folder_{daemons.file().parent_path()}, tokend_{"/usr/bin/env", arguments(daemons, f)}
    {
        auto const line = tokend_.read_line(within(std::chrono::seconds{15}));
        BOOST_TEST_REQUIRE(line.has_value(), tokend_.errors());
        address_ = line->substr(line->rfind(' ') + 1);
    }
    ~tried_daemon()
    {
        std::filesystem::remove(folder_ / "mark");
        std::filesystem::remove(folder_ / "over");
    }

    std::string const& address() const noexcept { return address_; }
    bool has_failed() const { return std::filesystem::exists(folder_ / "mark"); }
    void mend_disk() const { std::ofstream{folder_ / "over"}; }
    void kill() { end(SIGKILL, 128 + SIGKILL); }
    void stop() { end(SIGTERM, 0); }
    std::string log() const { return tokend_.errors(); }

    int ready() const { return ask(address_, get_ready).status; }
    // Only requests that need the disk wait for it.
    void check_answers(std::string const& token) const
    {
        BOOST_TEST(ask(address_, get_health).status == 200);
        BOOST_TEST(is_active(address_, token));
        BOOST_TEST(ask(address_, get("/auth/verify", bearer(token))).status == 200);
    }

private:
    std::vector<std::string> arguments(durable_daemons const& daemons, fault const& f) const
    {
        auto const options = daemons.options();
        return {std::string{"LD_PRELOAD="} + TEST_FAILING_DISK,
                "FAIL_NAME=" + folder_.string(),
                "FAIL_CALLS=" + f.calls,
                "FAIL_AT=" + std::to_string(f.at),
                "FAIL_ERRNO=" + std::to_string(f.error),
                "FAIL_MARK=" + (folder_ / "mark").string(),
                "FAIL_UNTIL=" + (folder_ / "over").string(),
                TEST_TOKEND,
                "--config=" + options.configuration.string(),
                "--listen.public.address=127.0.0.1:0",
                "--server.plugin-directory=" + options.plugins.string(),
                "--server.drain-timeout=500ms",
                "--tokens.capacity=30000",  // another capacity: the start makes a new snapshot
                "--tokens.sync-interval=5ms"};
    }
    void end(int signal, int status)
    {
        tokend_.signal(signal);
        BOOST_TEST((tokend_.wait(within(std::chrono::seconds{10})) == status), tokend_.errors());
    }

    std::filesystem::path const folder_;
    process tokend_;
    std::string address_;
};

// The answers that a client received, and the state that must hold after a restart.
struct books
{
    std::vector<std::string> live;
    std::vector<std::string> gone;
    std::size_t refused = 0;

    // Every answer is 200, or reports that the change could not be made safe.
    std::optional<std::string> log_in(std::string const& address, std::string_view login)
    {
        auto const said = ask(address, post(issue_path, login));
        if (!is_good(said))
            return std::nullopt;
        live.emplace_back(boost::json::parse(said.body).at("data").at("token").as_string());
        return live.back();
    }
    void release(std::string const& address, std::string const& token)
    {
        std::erase(live, token);  // with any answer the token is dead in this process
        if (is_good(ask(address, post(release_path, token_body(token)))))
            gone.push_back(token);
        BOOST_TEST(!is_active(address, token));
    }
    void renew(std::string const& address, std::string const& token)
    {
        is_good(ask(address, post(renew_path, token_body(token))));
    }
    void check(std::string const& address) const
    {
        for (auto const& token : live)
            BOOST_TEST(is_active(address, token), "answered and lost");
        for (auto const& token : gone)
            BOOST_TEST(!is_active(address, token), "released and back");
    }

private:
    bool is_good(answer const& said)
    {
        if (said.status == 200)
            return true;
        ++refused;
        if (said.status == 503 && said.body.find("TOKEN_STORE_FULL") != std::string::npos)
            return false;
        check_error(said, 503, "STORE_UNAVAILABLE");
        return false;
    }
};

// Returns false if tokend made fewer calls than the one that was to fail.
bool survives(fault const& f)
{
    BOOST_TEST_CONTEXT(f.calls << " number " << f.at << (f.error == 0 ? " hangs" : " fails"))
    {
        durable_daemons const daemons;
        books known;
        {
            killable_daemon before{daemons.options()};
            for (int i = 0; i < 3; ++i)
                known.log_in(before.address(), i == 0 ? sliding_login : fixed_login);
            known.release(before.address(), std::string{known.live.back()});
            before.kill();
        }
        auto const first_file = inode_of(daemons.file());
        bool failed = false;
        {
            auto const kept = known.live.front();
            tried_daemon tokend{daemons, f};
            auto const one = known.log_in(tokend.address(), fixed_login);
            known.renew(tokend.address(), kept);
            known.log_in(tokend.address(), fixed_login);
            if (one)
                known.release(tokend.address(), *one);
            known.release(tokend.address(), std::string{known.live.back()});
            known.log_in(tokend.address(), fixed_login);
            tokend.check_answers(kept);
            BOOST_TEST(eventually([&] { return tokend.has_failed() || inode_of(daemons.file()) != first_file; }),
                       "neither a fault nor a new snapshot");
            failed = tokend.has_failed();
            if (known.refused != 0)
                BOOST_TEST(eventually([&] { return tokend.ready() == 503; }), tokend.log());
            if (f.at % 3 == 0)
            {
                tokend.mend_disk();
                BOOST_TEST(eventually([&] { return tokend.ready() == 200; }), tokend.log());
                // A call that failed earlier may be reported only now.
                BOOST_TEST(eventually([&] { return known.log_in(tokend.address(), fixed_login).has_value(); }),
                           tokend.log());
                tokend.kill();
            }
            else if (f.at % 3 == 1)
                tokend.stop();  // even if the disk hangs
            else
                tokend.kill();
        }
        killable_daemon after{daemons.options()};
        known.check(after.address());
        return failed;
    }
    return false;
}

void try_every(std::string const& calls, int error)
{
    constexpr int most = 60;
    int n = 1;
    while (n < most && survives({calls, n, error}))
        ++n;
    BOOST_TEST(n > 1, "no call was made to fail");
    BOOST_TEST(n < most);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(disk_)

BOOST_AUTO_TEST_CASE(whatever_write_fails_nothing_answered_is_lost_and_nothing_released_comes_back)
{
    try_every("pwrite", EIO);
}
BOOST_AUTO_TEST_CASE(nor_if_a_write_hangs) { try_every("pwrite", 0); }
BOOST_AUTO_TEST_CASE(nor_if_a_synchronization_fails) { try_every("fdatasync", EIO); }
BOOST_AUTO_TEST_CASE(nor_if_a_synchronization_hangs) { try_every("fdatasync", 0); }
BOOST_AUTO_TEST_CASE(nor_if_there_is_no_space) { try_every("fallocate", ENOSPC); }
BOOST_AUTO_TEST_CASE(nor_if_a_new_file_cannot_take_its_name) { try_every("rename", EIO); }
BOOST_AUTO_TEST_CASE(nor_if_all_of_it_fails_together) { try_every("pwrite,fdatasync,fallocate,rename,fsync", ENOSPC); }

// Longer than drain-timeout, which is shorter here than the time a disk may take.
BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_a_login_that_waits_for_the_disk)
{
    durable_daemons const daemons;
    tried_daemon tokend{daemons, {"pwrite", 12, 0}};
    std::vector<raw_client> clients;
    while (!tokend.has_failed())
    {
        auto& client = clients.emplace_back(tokend.address());
        client.send(post(issue_path, fixed_login));
        BOOST_REQUIRE(eventually([&] { return client.has_answer() || tokend.has_failed(); }));
    }
    raw_client last{tokend.address()};  // the login before may have been answered before the disk hung
    last.send(post(issue_path, fixed_login));
    tokend.stop();
    auto const answers = last.receive_until_closed();
    BOOST_TEST((answers.empty() || answers.front().status == 503));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_or_removed_under_tokend_is_made_anew_with_all_tokens)
{
    durable_daemons const daemons;
    books known;
    {
        killable_daemon tokend{daemons.options({"--tokens.sync-interval=10ms"})};
        auto const& at = tokend.address();
        auto const log_in_until_good = [&] {
            BOOST_TEST(eventually([&] { return known.log_in(at, fixed_login).has_value(); }));
        };
        log_in_until_good();
        std::filesystem::resize_file(daemons.file(), 5000);
        log_in_until_good();
        known.release(at, std::string{known.live.back()});
        BOOST_TEST(eventually([&] { return ask(at, get_ready).status == 200; }));
        log_in_until_good();
        std::filesystem::remove(daemons.file());
        BOOST_TEST(eventually([&] {
            known.log_in(at, fixed_login);
            return std::filesystem::exists(daemons.file());
        }));
        log_in_until_good();
        BOOST_TEST(eventually([&] { return ask(at, get_ready).status == 200; }));
        tokend.kill();
    }
    killable_daemon after{daemons.options()};
    known.check(after.address());
}

// A small disk that another process fills.
BOOST_AUTO_TEST_CASE(a_full_disk_refuses_issues_and_nothing_else_until_it_has_room_again)
{
    durable_daemons const daemons;
    auto const disk = daemons.file().parent_path() / "disk";
    std::filesystem::create_directory(disk);
    auto const mount = [&](unsigned long flags, char const* size) {
        return ::mount("tmpfs", disk.c_str(), "tmpfs", flags, size) == 0;
    };
    if (!mount(0, "size=3m,mode=0700"))
    {
        BOOST_TEST_MESSAGE("not allowed to mount a small disk: nothing is shown here");
        return;
    }
    auto const file = "--tokens.file=" + (disk / "tokens").string();
    books known;
    {
        killable_daemon tokend{daemons.options({file, "--tokens.sync-interval=10ms"})};
        auto const& at = tokend.address();
        while (known.log_in(at, fixed_login))
            ;
        BOOST_TEST(known.live.size() > 100U);
        BOOST_TEST(eventually([&] { return ask(at, get_ready).status == 503; }));
        for (int i = 0; i < 50; ++i)
        {
            auto const refused = known.refused;
            known.release(at, std::string{known.live.back()});
            BOOST_TEST(known.refused == refused);
        }
        BOOST_TEST(is_active(at, known.live.front()));
        BOOST_REQUIRE(mount(MS_REMOUNT, "size=40m"));
        BOOST_TEST(eventually([&] { return ask(at, get_ready).status == 200; }));
        BOOST_TEST(known.log_in(at, fixed_login).has_value());
        tokend.kill();
    }
    {
        killable_daemon after{daemons.options({file})};
        known.check(after.address());
        after.kill();
    }
    ::umount2(disk.c_str(), MNT_DETACH);
}

BOOST_AUTO_TEST_SUITE_END()
