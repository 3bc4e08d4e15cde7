// Certificates that change under a running tokend, by a signal and without one.
#include "contract/secure_client.hpp"
#include "support/count.hpp"
#include "support/patience.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace tokend::test;

namespace {

constexpr std::string_view ok = "HTTP/1.1 200 OK";

std::string name_at(std::string const& address)
{
    secure_client client{address};
    BOOST_TEST_REQUIRE(client.shake_hands(), client.failure());
    return client.certificate_name();
}

// A tokend with TLS whose certificate has a name that says which one it is.
struct changing
{
    tls_rig const rig;

    changing() { put("first"); }
    void put(std::string const& name) const
    {
        rig.files.put("localhost.pem", issue({.common_name = name}, &rig.authority));
    }
    std::pair<std::size_t, std::size_t> reloads(daemon_process const& tokend) const
    {
        auto const log = tokend.log();
        return {count(log, R"("reloaded")"), count(log, "is not reloaded")};
    }
    // Sends the signal and waits for what comes of it. Returns true if the configuration is in force.
    bool reload(daemon_process const& tokend) const
    {
        auto const before = reloads(tokend);
        tokend.signal(SIGHUP);
        BOOST_TEST(eventually([&] { return reloads(tokend) != before; }));
        return reloads(tokend).first > before.first;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_reload_)

BOOST_AUTO_TEST_CASE(a_reload_serves_the_new_certificate_and_old_connections_and_tickets_go_on)
{
    changing const c;
    daemon_process const tokend{c.rig.options()};
    secure_client kept{tokend.address()};
    BOOST_TEST_REQUIRE(kept.shake_hands());
    BOOST_TEST(kept.certificate_name() == "first");
    BOOST_TEST(kept.ask(get_health).starts_with(ok));
    auto const session = kept.take_session();
    c.put("second");
    BOOST_TEST(c.reload(tokend));
    BOOST_TEST(name_at(tokend.address()) == "second");
    BOOST_TEST(kept.ask(get_health).starts_with(ok));
    secure_client again{tokend.address(), {.session = session.get()}};
    BOOST_TEST_REQUIRE(again.shake_hands());
    BOOST_TEST(again.ask(get_health).starts_with(ok));
    BOOST_TEST(again.is_resumed());
}

BOOST_AUTO_TEST_CASE(a_bad_key_keeps_the_old_certificate_and_is_named)
{
    changing const c;
    daemon_process const tokend{c.rig.options()};
    auto const other = issue({.common_name = "other"});
    auto const lonely = issue({.common_name = "second"}, &c.rig.authority);
    c.rig.files.put("localhost.pem", lonely.pem() + other.key_pem());
    BOOST_TEST(!c.reload(tokend));
    BOOST_TEST(tokend.logs("localhost.pem"));
    BOOST_TEST(name_at(tokend.address()) == "first");
    c.put("third");
    BOOST_TEST(c.reload(tokend));
    BOOST_TEST(name_at(tokend.address()) == "third");
}

BOOST_AUTO_TEST_CASE(a_changed_certificate_is_read_without_a_signal)
{
    changing const c;
    daemon_process const tokend{c.rig.options()};
    c.put("second");
    BOOST_TEST(eventually([&] { return name_at(tokend.address()) == "second"; }));
    c.rig.files.put("localhost.pem", "no certificate\n");
    BOOST_TEST(tokend.logs("certificates not read again, those that were are kept"));
    BOOST_TEST(name_at(tokend.address()) == "second");
    BOOST_TEST(tokend.log().find("BEGIN") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(fifty_reloads_with_other_certificates_and_listeners_under_load_fail_no_request)
{
    changing const c;
    auto const unix_address = [&](int i) { return "unix:" + c.rig.at("s" + std::to_string(i % 3)); };
    std::string const users = (demonstration().parent_path() / "crmdemo.users").string();
    auto const text = [&](int i) {
        return "[server]\nallow-loose-modes = yes\n[listen.local]\naddress = " + unix_address(i) +
               "\n[backend.staff]\nplugin = file\nusers = " + users + "\n[organisation.CRMDEMO]\nbackends = staff\n";
    };
    auto options = c.rig.options({"--login.failure-time=0ms"});
    options.configuration = c.rig.files.put("tokend.conf", text(0));
    daemon_process const tokend{options};

    std::atomic<bool> stop{false};
    std::atomic<std::size_t> served{0};
    std::atomic<std::size_t> failed{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 2; ++i)
        clients.emplace_back([&, keeps = i == 0] {
            try
            {
                secure_client kept{tokend.address()};
                kept.shake_hands();
                while (!stop)
                    if (keeps)
                        ++(kept.ask(get_health).starts_with(ok) ? served : failed);
                    else
                    {
                        secure_client once{tokend.address()};
                        ++(once.shake_hands() && once.ask(get_health).starts_with(ok) ? served : failed);
                    }
            }
            catch (std::exception const& e)
            {
                ++failed;
                BOOST_TEST_MESSAGE(e.what());
            }
        });
    for (int i = 1; i <= 50; ++i)
    {
        auto const name = "number-" + std::to_string(i);
        c.put(name);
        c.rig.files.put("tokend.conf", text(i));
        BOOST_TEST_REQUIRE(c.reload(tokend), tokend.log());
        BOOST_TEST(name_at(tokend.address()) == name);
    }
    stop = true;
    for (auto& client : clients)
        client.join();
    BOOST_TEST(failed == 0U);
    BOOST_TEST(served > 50U);
    BOOST_TEST_MESSAGE("served " << served);
}

BOOST_AUTO_TEST_SUITE_END()
