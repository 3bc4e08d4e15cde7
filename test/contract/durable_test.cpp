// Tokens that survive: the real tokend is killed and restarted under load, and must honour its earlier answers. For
// more rounds than ./test/run makes: `durable_test -- 100`.
#include "contract/contract.hpp"
#include "contract/durable_daemon.hpp"
#include "contract/ledger.hpp"
#include "support/bytes_of.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <random>
#include <thread>

using namespace tokend::test;

namespace {

std::size_t rounds()
{
    auto const& suite = boost::unit_test::framework::master_test_suite();
    return suite.argc > 1 ? std::strtoul(suite.argv[1], nullptr, 10) : 4;
}

std::atomic<bool> stopping = false;
bool is_stopping() { return stopping; }

// Clients with their ledgers, each on its own thread.
class crowd
{
public:
    void begin(std::string const& address)
    {
        stopping = false;
        for (auto& l : ledgers_)
            threads_.emplace_back([&l, address] { l.work(address, is_stopping); });
    }
    void end()
    {
        stopping = true;
        for (auto& t : threads_)
            t.join();
        threads_.clear();
    }
    void check(std::string const& address)
    {
        ledger::verdict sum;
        for (auto& l : ledgers_)
        {
            auto const v = l.check(address);
            sum.lost += v.lost;
            sum.back += v.back;
            sum.too_early += v.too_early;
            sum.wrong += v.wrong;
            sum.checked += v.checked;
        }
        BOOST_TEST(sum.lost == 0U);
        BOOST_TEST(sum.back == 0U);
        BOOST_TEST(sum.too_early == 0U);
        BOOST_TEST(sum.wrong == 0U);
        checked_ += sum.checked;
    }
    std::string told() const
    {
        std::size_t issued = 0;
        std::size_t released = 0;
        std::size_t renewed = 0;
        for (auto const& l : ledgers_)
        {
            issued += l.issued();
            released += l.released();
            renewed += l.renewed();
        }
        return std::to_string(issued) + " issued, " + std::to_string(renewed) + " renewed, the last " +
               std::to_string(released) + " released; " + std::to_string(checked_) + " answers checked";
    }

private:
    std::array<ledger, 4> ledgers_{ledger{1}, ledger{2}, ledger{3}, ledger{4}};
    std::vector<std::thread> threads_;
    std::size_t checked_ = 0;
};

constexpr std::string_view fixed_login = R"({"username":"u","password":"p","organisation":"FIXED"})";

}  // namespace

BOOST_AUTO_TEST_SUITE(durable_)

BOOST_AUTO_TEST_CASE(a_killed_daemon_has_lost_nothing_that_it_answered)
{
    durable_daemons const daemons;
    crowd clients;
    std::mt19937_64 random{5};
    for (std::size_t round = 0; round <= rounds(); ++round)
    {
        killable_daemon tokend{daemons.options()};
        clients.check(tokend.address());
        if (round == rounds())
            break;
        clients.begin(tokend.address());
        std::this_thread::sleep_for(
            std::chrono::milliseconds{20 + random() % 400});  // the time until it is killed: any time will do
        tokend.kill();
        clients.end();
    }
    BOOST_TEST_MESSAGE(rounds() << " rounds: " << clients.told());
}

BOOST_AUTO_TEST_CASE(a_restart_under_load_loses_nothing)
{
    durable_daemons const daemons;
    crowd clients;
    for (std::size_t round = 0; round < std::max<std::size_t>(rounds() / 2, 1); ++round)
    {
        daemon_process tokend{daemons.options()};
        clients.check(tokend.address());
        clients.begin(tokend.address());
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        tokend.stop();
        clients.end();
    }
    daemon_process tokend{daemons.options()};
    clients.check(tokend.address());
    BOOST_TEST_MESSAGE(clients.told());
}

BOOST_AUTO_TEST_CASE(with_sync_release_releases_are_answered_as_before)
{
    durable_daemons const daemons;
    std::string one;
    std::string other;
    {
        daemon_process tokend{daemons.options({"--tokens.sync-release=yes"})};
        one = issue_token(tokend.address(), fixed_login);
        other = issue_token(tokend.address(), fixed_login);
        auto const said = ask(tokend.address(), post(release_path, token_body(one)));
        BOOST_TEST(boost::json::serialize(check_ok(said)) == "{}");
        check_error(ask(tokend.address(), post(release_path, "{}")), 400, "MISSING_PARAMETER", "token");
        BOOST_TEST(!is_active(tokend.address(), one));
        crowd clients;
        clients.begin(tokend.address());
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        clients.end();
        clients.check(tokend.address());
    }
    daemon_process tokend{daemons.options()};
    BOOST_TEST(!is_active(tokend.address(), one));
    BOOST_TEST(is_active(tokend.address(), other));
}

BOOST_AUTO_TEST_CASE(two_daemons_never_share_a_file)
{
    durable_daemons const daemons;
    daemon_process const first{daemons.options()};
    auto const second = start_in_vain(daemons.options());
    BOOST_TEST(second.status == 78);
    BOOST_TEST(second.log == "tokend: tokens file " + daemons.file().string() + " is in use by another process\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_right_is_refused_with_one_line_and_left_as_it_was)
{
    durable_daemons const daemons{"200"};
    {
        daemon_process tokend{daemons.options()};
        issue_token(tokend.address(), fixed_login);
    }
    auto const good = bytes_of(daemons.file());
    auto const refused_as = [&](std::string const& bytes, std::string const& why) {
        std::ofstream{daemons.file(), std::ios::binary} << bytes;
        auto const refused = start_in_vain(daemons.options());
        BOOST_TEST(refused.status == 78);
        BOOST_TEST(refused.log == "tokend: tokens file " + daemons.file().string() + ' ' + why + '\n');
        BOOST_TEST((bytes_of(daemons.file()) == bytes));
    };
    refused_as("a letter", "is not a tokens file");
    refused_as(good.substr(0, 100'000), "has 100000 bytes, and had " + std::to_string(good.size()) +
                                            ": it was cut, and what it lost may be releases");
    auto changed = good;
    changed[8] = 9;
    refused_as(changed, "has layout version 9; this tokend reads version 3 and takes over version 2");
    changed = good;
    std::reverse(changed.begin() + 8, changed.begin() + 12);
    std::reverse(changed.begin() + 12, changed.begin() + 16);
    refused_as(changed, "was written by a machine of another byte order");
    changed = good;
    changed[40] ^= 1;
    refused_as(changed, "is damaged in its header");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_at_the_start)
{
    durable_daemons const daemons;
    auto const disk = daemons.file().parent_path() / "disk";
    std::filesystem::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m,mode=0700") != 0)
    {
        BOOST_TEST_MESSAGE("not allowed to mount a small disk: nothing is shown here");
        return;
    }
    auto const file = disk / "tokens";
    auto const refused = start_in_vain(daemons.options({"--tokens.file=" + file.string()}));
    bool const clean = std::filesystem::is_empty(disk);
    ::umount2(disk.c_str(), MNT_DETACH);
    BOOST_TEST(clean);
    BOOST_TEST(refused.status == 69);
    BOOST_TEST(refused.log == "tokend: tokens file " + file.string() +
                                  ".new: cannot allocate space for it: No space left on device\n");
}

BOOST_AUTO_TEST_SUITE_END()
