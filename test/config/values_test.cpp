#include "app/tokend/config/values.hpp"

#include "config/configured.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace tokend::test {
namespace {

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;

// The message about one value of one key.
std::string refusal_of(std::string const& section, std::string const& key, std::string const& value)
{
    auto const found = configured{'[' + section + "]\n" + key + " = " + value + '\n'}.mistakes();
    return found.empty() ? "" : found.front();
}

// Of a value in a section that is complete otherwise.
std::string refusal_of_one(std::string const& section, std::string const& key, std::string const& value)
{
    auto const line = key + " = " + value + '\n';
    auto const found = configured{"[backend.b]\n" + (section == "backend.b" ? line : "") + "plugin = file\n" +
                                  "[organisation.O]\n" + (section == "organisation.O" ? line : "") + "backends = b\n"}
                           .mistakes();
    return found.size() == 1 ? found[0].substr(found[0].find(": ") + 2) : std::to_string(found.size()) + " mistakes";
}

std::string_view const no_durations[] = {"",
                                         "10",
                                         "s",
                                         "10 s",
                                         "10S",
                                         "-1s",
                                         "+1s",
                                         "1.5s",
                                         "1h30m",
                                         "1w",
                                         "10sec",
                                         "0x1s",
                                         "99999999999999999999s",
                                         "18446744073709551615d",
                                         "0s",
                                         "61m"};
std::string_view const no_sizes[] = {"",
                                     "k",
                                     "16K",
                                     "16 k",
                                     "-1",
                                     "+1",
                                     "1.5k",
                                     "16kb",
                                     "1e3",
                                     "0x10",
                                     "1t",
                                     "255",
                                     "1025k",
                                     "18446744073709551616",
                                     "18014398509481984k"};
std::string_view const no_numbers[] = {"",     "-1", "+1",  "1.0",  "ten",
                                       "0x10", "1k", "1 2", "1025", "18446744073709551616"};
std::string_view const no_addresses[] = {"",
                                         "127.0.0.1",
                                         "127.0.0.1:",
                                         "127.0.0.1:65536",
                                         "127.0.0.1:-1",
                                         "127.0.0.1:http",
                                         "localhost",
                                         "localhost:",
                                         "localhost:65536",
                                         "example.org:8080",
                                         "8081:8080",
                                         "65536",
                                         "8080:8080",
                                         "localhost:1, 1",
                                         "[::1]:1, [0::1]:1",
                                         "*:8080",
                                         "::1:8080",
                                         "[::1]",
                                         "[127.0.0.1]:80",
                                         "[::1]:",
                                         "[]:80",
                                         "1.2.3:80",
                                         "unix:",
                                         "unix:/run/",
                                         "fd:",
                                         "fd:a:b",
                                         "fd:public, fd:public",
                                         "127.0.0.1:1, 127.0.0.1:1"};

BOOST_AUTO_TEST_SUITE(values_)

BOOST_DATA_TEST_CASE(what_is_no_duration_is_refused, data::make(no_durations), text)
{
    BOOST_TEST(refusal_of("http", "idle-timeout", std::string{text}) ==
               "t.conf:2: idle-timeout is '" + std::string{text} +
                   "'; give a duration from 1ms to 1h, such as 250ms, 30s or 15m");
}

BOOST_DATA_TEST_CASE(what_is_no_size_is_refused, data::make(no_sizes), text)
{
    BOOST_TEST(refusal_of("http", "max-body-bytes", std::string{text}) ==
               "t.conf:2: max-body-bytes is '" + std::string{text} +
                   "'; give a size from 256 to 1m, such as 4096, 16k or 1m");
}

BOOST_DATA_TEST_CASE(what_is_no_number_is_refused, data::make(no_numbers), text)
{
    BOOST_TEST(refusal_of("server", "workers", std::string{text}) ==
               "t.conf:2: workers is '" + std::string{text} + "'; give a whole number from 0 to 1024");
}

BOOST_AUTO_TEST_CASE(an_address_may_be_a_socket_of_systemd)
{
    auto const two = values::addresses{}.read("fd:public, fd:tokend.socket", {});
    BOOST_TEST_REQUIRE(two.has_value());
    BOOST_TEST(values::addresses{}.write(*two) == "fd:public, fd:tokend.socket");
}

BOOST_DATA_TEST_CASE(what_is_no_address_is_refused, data::make(no_addresses), text)
{
    BOOST_TEST(refusal_of("listen.public", "address", std::string{text})
                   .starts_with("t.conf:2: address is '" + std::string{text} + "'; "));
}

BOOST_AUTO_TEST_CASE(a_port_alone_is_one_of_localhost)
{
    for (auto const* const text : {"localhost:8080", ":8080", "8080"})
    {
        auto const read = configured{"[listen.public]\naddress = " + std::string{text} + "\n"}.load();
        BOOST_TEST_REQUIRE(read.listeners[0].addresses.size() == 1U);
        BOOST_TEST(read.listeners[0].addresses[0].text() == "localhost:8080");
    }
}

BOOST_AUTO_TEST_CASE(an_interval_that_may_be_empty_is_not_empty_where_it_is_wrong)
{
    auto const with = [](std::string const& value) {
        return configured{"[backend.b]\nplugin = file\nrecheck-interval = " + value + '\n'};
    };
    for (auto const* const bad : {"33w", "soon", "1500ms", "31d", "-1s"})
    {
        auto const found = with(bad).mistakes();
        BOOST_TEST_REQUIRE(found.size() == 1U);
        BOOST_TEST(
            found[0].starts_with("t.conf:3: recheck-interval is '" + std::string{bad} + "'; give a duration in whole"));
    }
    BOOST_TEST((with("30d").load().backends[0].recheck_interval == std::chrono::hours{720}));
    BOOST_TEST((with("0s").load().backends[0].recheck_interval == std::chrono::seconds{0}));
    BOOST_TEST(!with("").load().backends[0].recheck_interval.has_value());
}

BOOST_AUTO_TEST_CASE(a_lifetime_has_whole_seconds_below_194_days)
{
    for (auto const* const bad : {"1500ms", "0s", "194d", "500ms"})
        BOOST_TEST(refusal_of("tokens", "lifetime", bad) ==
                   "t.conf:2: lifetime is '" + std::string{bad} +
                       "'; give a duration in whole seconds from 1s to 193d, such as 30s, 15m, 8h or 1d");
    for (auto const* const good : {"1s", "2000ms", "193d"})
        BOOST_TEST(refusal_of("tokens", "lifetime", good) == "");
}

BOOST_AUTO_TEST_CASE(what_may_be_left_out_must_be_right_if_it_is_given)
{
    for (std::string const text : {"xyz", "5", "1ms", "31d"})
        BOOST_TEST(refusal_of_one("backend.b", "recheck-interval", text)
                       .starts_with("recheck-interval is '" + text + "'; give a duration in whole seconds"));
    auto const read = [](std::string const& text) {
        return configured{"[backend.b]\nplugin = file\nrecheck-interval = " + text + '\n'}
            .load()
            .backends[0]
            .recheck_interval;
    };
    BOOST_TEST(!read("").has_value());
    BOOST_TEST((read("0s") == std::chrono::milliseconds{0}));
}

BOOST_AUTO_TEST_CASE(a_part_is_a_number_or_a_percentage)
{
    for (std::string const text :
         {"0", "100000001", "0%", "101%", "%", "50 %", "50%%", "-1%", "1.5%", "none", "half", "+5"})
        BOOST_TEST(refusal_of_one("organisation.O", "max-tokens", text) ==
                   "max-tokens is '" + text +
                       "'; give a whole number from 1 to 100000000, or a percentage of the capacity from 1% to 100%, "
                       "or nothing (50%, or 100% for an only organisation)");
    values::part const kind{100};
    for (std::string const text : {"1", "100", "1%", "100%"})
        BOOST_TEST(kind.write(kind.read(text, {}).value()) == text);
    BOOST_TEST((portion{.value = 30}.of(1000) == 30U));
    BOOST_TEST((portion{.value = 30, .is_percentage = true}.of(1000) == 300U));
    BOOST_TEST((portion{.value = 30, .is_percentage = true}.of(5) == 1U));  // rounded down
    BOOST_TEST((portion{.value = 1, .is_percentage = true}.of(5) == 1U));   // but never to nothing
    BOOST_TEST((portion{.value = 100, .is_percentage = true}.of(3'000'000'000) == 3'000'000'000U));
}

BOOST_AUTO_TEST_CASE(a_limit_is_a_number_or_none)
{
    for (std::string const text : {"0", "100000001", "-1", "None", "no", ""})
        BOOST_TEST(refusal_of_one("organisation.O", "max-sessions", text) ==
                   "max-sessions is '" + text + "'; give a whole number from 1 to 100000000, or none");
    values::limit const kind{{1, 100}};
    BOOST_TEST(kind.read("none", {}).value() == token_limits::none);
    for (std::string const text : {"1", "100", "none"})
        BOOST_TEST(kind.write(kind.read(text, {}).value()) == text);
}

BOOST_AUTO_TEST_CASE(a_stop_stays_within_five_seconds)
{
    BOOST_TEST(refusal_of("server", "drain-timeout", "4500ms") == "");
    BOOST_TEST(refusal_of("server", "drain-timeout", "4501ms") ==
               "t.conf:2: drain-timeout is '4501ms'; give a duration from 0s to 4500ms, such as 250ms, 30s or 15m");
}

BOOST_AUTO_TEST_CASE(yes_and_no_have_one_spelling)
{
    for (auto const* const bad : {"", "true", "on", "1", "Yes", "false"})
        BOOST_TEST(refusal_of("http", "legacy-always-200", bad) ==
                   "t.conf:2: legacy-always-200 is '" + std::string{bad} + "'; give yes or no");
}

BOOST_AUTO_TEST_CASE(permissions_are_octal)
{
    for (auto const* const bad : {"", "rw", "0888", "01000", "-1", "0660x"})
        BOOST_TEST(refusal_of("listen.public", "unix-mode", bad) ==
                   "t.conf:2: unix-mode is '" + std::string{bad} + "'; give permissions in octal, such as 0660");
    BOOST_TEST(configured{"[listen.public]\nunix-mode = 600\n"}.load().listeners[0].unix_mode == 0600U);
}

BOOST_AUTO_TEST_CASE(trusted_proxies_are_networks_and_the_word_unix)
{
    for (auto const* const bad :
         {"localhost", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.1-10.0.0.9", "10.0.0.1:80", "fe80::1%lo",
          "*", "Unix", "unix:/run/x.sock", "10.0.0.1, 10.0.0.1/32", "unix, unix", "10.0.0.0/8; unix"})
        BOOST_TEST(
            refusal_of("listen.public", "trusted-proxies", bad) ==
            "t.conf:2: trusted-proxies is '" + std::string{bad} +
                "'; give addresses and networks such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32, and unix for the "
                "peers on Unix sockets; or nothing");
    auto const read = [](std::string const& text) {
        auto const config = configured{"[listen.public]\nproxy-protocol = no\ntrusted-proxies = " + text + "\n"}.load();
        return config.listeners[0].proxies.trusted;
    };
    BOOST_TEST(read("").empty());
    auto const trusted = read("unix, 10.0.0.0/8 ::1");
    BOOST_TEST(trusted.unix_sockets);
    BOOST_TEST_REQUIRE(trusted.networks.size() == 2U);
    BOOST_TEST(trusted.networks[1].text() == "::1/128");
}

BOOST_AUTO_TEST_CASE(a_client_s_address_comes_from_one_of_two_headers)
{
    for (auto const* const bad : {"", "X-Forwarded-For", "x-real-ip", "yes", "x-forwarded-for, forwarded"})
        BOOST_TEST(refusal_of("listen.public", "client-address-from", bad) ==
                   "t.conf:2: client-address-from is '" + std::string{bad} +
                       "'; give one of none, x-forwarded-for, forwarded");
    for (auto const* const bad : {"", "v1", "2", "true"})
        BOOST_TEST(refusal_of("listen.public", "proxy-protocol", bad) ==
                   "t.conf:2: proxy-protocol is '" + std::string{bad} + "'; give yes or no");
}

BOOST_AUTO_TEST_CASE(legacy_prefixes_are_paths_without_a_slash_at_their_end)
{
    for (auto const* const bad : {"/", "x", "/x/", "/x?y", "/x, /x", "/\xc3\xa9"})
        BOOST_TEST(refusal_of("http", "legacy-prefixes", bad) ==
                   "t.conf:2: legacy-prefixes is '" + std::string{bad} +
                       "'; give path prefixes such as /crmapi/rest/v2, or nothing");
    BOOST_TEST(configured{"[http]\nlegacy-prefixes =\n"}.load().http.legacy_prefixes.empty());
}

BOOST_AUTO_TEST_CASE(a_cookies_name_is_a_token)
{
    for (auto const* const bad : {"a b", "a=b", "a;b", "a\"b"})
        BOOST_TEST(refusal_of("http", "verify-cookie", bad) ==
                   "t.conf:2: verify-cookie is '" + std::string{bad} + "'; give a cookie's name, or nothing");
}

BOOST_AUTO_TEST_CASE(an_organisations_name_has_1_to_128_bytes)
{
    auto const mistakes = [](std::size_t bytes) {
        return configured{
            "[backend.b]\nplugin = file\n[organisation.O]\nbackends = b\nname = " + std::string(bytes, 'n') + '\n'}
            .mistakes();
    };
    BOOST_TEST(mistakes(128).empty());
    BOOST_TEST_REQUIRE(mistakes(129).size() == 1U);
    BOOST_TEST(mistakes(129)[0].ends_with("give 1 to 128 bytes without control characters"));
}

BOOST_AUTO_TEST_CASE(relative_paths_start_at_the_file)
{
    configured const c{"[server]\nplugin-directory = ../p\n[listen.public]\naddress = unix:s/t.sock\n"};
    auto const config = c.load();
    BOOST_TEST(config.plugin_directory == c.folder().parent_path() / "p");
    BOOST_TEST(config.listeners[0].addresses.at(0).text() == "unix:" + (c.folder() / "s/t.sock").string());
}

BOOST_AUTO_TEST_CASE(relative_paths_of_the_command_line_start_at_the_current_folder)
{
    BOOST_TEST(configured{""}.load({"--server.plugin-directory=p"}).plugin_directory ==
               std::filesystem::current_path() / "p");
}

BOOST_AUTO_TEST_CASE(a_unix_sockets_path_fits_into_its_address)
{
    auto const of = [](std::size_t bytes) { return "unix:/" + std::string(bytes - 1, 's'); };
    BOOST_TEST(refusal_of("listen.public", "address", of(107)) == "");
    BOOST_TEST(refusal_of("listen.public", "address", of(108)) != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
