#include "plugins/expect.hpp"
#include "plugins/hashes.hpp"
#include "plugins/loaded_plugin.hpp"
#include "support/temporary_folder.hpp"

#include "access_token/code_key.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

using namespace tokend::test;

// Tests the real shared objects through the C contract.
namespace {

std::string const key(64, 'b');
constexpr std::int64_t never = 86'400'000;  // check-interval, ms: longer than the test

settings users_in(std::string const& file, std::int64_t interval = never)
{
    return {
        {"users", {file}}, {"units", {"U1,U2"}}, {"check-interval", {"", interval}}, {"hash-memory", {"", 1 << 28}}};
}

settings table_in(std::string const& file, std::string const& with_key = key, std::int64_t interval = never)
{
    return {{"table", {file}}, {"key", {with_key}}, {"check-interval", {"", interval}}, {"hash-memory", {"", 1 << 28}}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_, temporary_folder)

BOOST_AUTO_TEST_CASE(the_file_plugin_describes_itself)
{
    loaded_plugin const plugin{FILE_PLUGIN, users_in(write("u", "").string())};
    auto const& d = plugin.descriptor();
    BOOST_TEST(d.name == std::string{"file"});
    BOOST_TEST(d.kinds == TOKEND_KIND_PASSWORD);
    BOOST_TEST(d.blocking_kinds == TOKEND_KIND_PASSWORD);
    BOOST_TEST(d.option_count == 4U);
    BOOST_TEST(d.options[0].name == std::string{"users"});
    BOOST_TEST(d.options[0].required == 1U);
}

BOOST_AUTO_TEST_CASE(a_user_of_the_file_is_accepted_with_all_it_has)
{
    loaded_plugin plugin{FILE_PLUGIN,
                         users_in(write("u", "anna:" + yescrypt_hash + ":U3,U4:U4:g1,g2:expires=2999-12-31\nbob:" +
                                                 htpasswd_hash + "\nold:" + yescrypt_hash + "::::expires=2020-12-31\n")
                                      .string())};
    auto const anna = plugin.ask(TOKEND_KIND_PASSWORD, "anna", "demo");
    BOOST_TEST(anna.verdict == TOKEND_ACCEPT);
    BOOST_TEST(anna.username == "anna");
    BOOST_TEST(anna.units == (std::vector<std::string>{"U3", "U4"}), boost::test_tools::per_element());
    BOOST_TEST(anna.default_unit == "U4");
    BOOST_TEST(anna.groups == (std::vector<std::string>{"g1", "g2"}), boost::test_tools::per_element());
    BOOST_TEST(anna.not_after == 32503680000);  // 3000-01-01
    BOOST_TEST(anna.flags == 0U);

    auto const bob = plugin.ask(TOKEND_KIND_PASSWORD, "bob", "myPassword");
    BOOST_TEST(bob.verdict == TOKEND_ACCEPT);
    BOOST_TEST(bob.units == (std::vector<std::string>{"U1", "U2"}), boost::test_tools::per_element());
    BOOST_TEST(bob.not_after == 0);

    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "bob", "mypassword").verdict == TOKEND_BAD_SECRET);
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "carl", "myPassword").verdict == TOKEND_NO_SUCH_USER);
    auto const old = plugin.ask(TOKEND_KIND_PASSWORD, "old", "demo");
    BOOST_TEST(old.verdict == TOKEND_EXPIRED);
    BOOST_TEST(old.reason == "the user is expired");
}

BOOST_AUTO_TEST_CASE(a_hash_that_cannot_be_computed_is_an_outage)
{
    loaded_plugin plugin{FILE_PLUGIN, users_in(write("u", "a:" + uncomputable_hash + '\n').string())};
    auto const got = plugin.ask(TOKEND_KIND_PASSWORD, "a", "x");
    BOOST_TEST(got.verdict == TOKEND_UNAVAILABLE);
    BOOST_TEST(got.reason == "the secret could not be hashed: Invalid argument");
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_is_refused_with_file_and_line)
{
    auto const create = [](char const* file, settings s) { return [=] { loaded_plugin const plugin{file, s}; }; };
    auto const users = write("u", "# users\na:plain\n").string();
    expect_error<std::runtime_error>(
        create(FILE_PLUGIN, users_in(users)),
        users + ":2: hash: a hash of a weak scheme, or none; yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) "
                "or sha512crypt ($6$) was meant");
    expect_error<std::runtime_error>(create(FILE_PLUGIN, users_in("/none/u")), "/none/u: No such file or directory");
    expect_error<std::runtime_error>(create(FILE_PLUGIN, users_in(write("u", "").string(), 0)),
                                     "check-interval: 0, a time like 5s was meant");
    auto without_memory = users_in(write("u", "").string());
    without_memory.at("hash-memory").number = 0;
    expect_error<std::runtime_error>(create(FILE_PLUGIN, without_memory), "hash-memory: 0, a size like 256m was meant");
    expect_error<std::runtime_error>(
        create(ACCESS_TOKEN_PLUGIN, table_in(write("t", "").string(), "short")),
        "key: 5 bytes, at least 32 were meant: 64 hex digits, or 32 bytes of another kind");
    auto const table = write("t", "id:*:ON\n").string();
    expect_error<std::runtime_error>(create(ACCESS_TOKEN_PLUGIN, table_in(table)),
                                     table + ":1: state: 'ON', EFFECTIVE or NOT_EFFECTIVE was meant");
}

BOOST_AUTO_TEST_CASE(the_access_token_plugin_describes_itself)
{
    loaded_plugin const plugin{ACCESS_TOKEN_PLUGIN, table_in(write("t", "").string())};
    auto const& d = plugin.descriptor();
    BOOST_TEST(d.name == std::string{"access_token"});
    BOOST_TEST(d.kinds == (TOKEND_KIND_CODE | TOKEND_KIND_IDENTIFIER));
    BOOST_TEST(d.blocking_kinds == TOKEND_KIND_IDENTIFIER);
    BOOST_TEST(d.options[1].type == TOKEND_OPTION_SECRET);
}

BOOST_AUTO_TEST_CASE(codes_and_identifiers_are_accepted_as_their_owner)
{
    auto const digest = tokend::plugin::code_key{key}.digest("99123456");
    loaded_plugin plugin{
        ACCESS_TOKEN_PLUGIN,
        table_in(write("t", ':' + digest + ":EFFECTIVE:kiosk:U1:U1:g:2020-01-01:2999-12-31:api-key\njs:" +
                                yescrypt_hash + ":EFFECTIVE::U2\nold:" + yescrypt_hash + ":NOT_EFFECTIVE\n")
                     .string())};
    auto const kiosk = plugin.ask(TOKEND_KIND_CODE, "", "99123456");
    BOOST_TEST(kiosk.verdict == TOKEND_ACCEPT);
    BOOST_TEST(kiosk.username == "kiosk");
    BOOST_TEST(kiosk.flags == TOKEND_ANSWER_API_KEY);
    BOOST_TEST(kiosk.default_unit == "U1");
    BOOST_TEST(kiosk.not_after == 32503680000);  // 3000-01-01

    auto const js = plugin.ask(TOKEND_KIND_IDENTIFIER, "js", "demo");
    BOOST_TEST(js.verdict == TOKEND_ACCEPT);
    BOOST_TEST(js.username == "js");
    BOOST_TEST(js.flags == 0U);
    BOOST_TEST(plugin.ask(TOKEND_KIND_IDENTIFIER, "js", "wrong").verdict == TOKEND_BAD_SECRET);
    BOOST_TEST(plugin.ask(TOKEND_KIND_IDENTIFIER, "jim", "demo").verdict == TOKEND_NO_SUCH_USER);
    BOOST_TEST(plugin.ask(TOKEND_KIND_IDENTIFIER, "old", "demo").verdict == TOKEND_DISABLED);
    BOOST_TEST(plugin.ask(TOKEND_KIND_CODE, "", "99123457").verdict == TOKEND_NO_SUCH_USER);
}

BOOST_AUTO_TEST_CASE(a_reload_takes_the_new_file_and_keeps_the_old_content_on_an_error)
{
    loaded_plugin plugin{FILE_PLUGIN, users_in(write("u", "a:" + yescrypt_hash + '\n').string())};
    write("u", "b:" + yescrypt_hash + '\n');
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "b", "demo").verdict == TOKEND_NO_SUCH_USER);
    BOOST_TEST(plugin.reload() == "");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "b", "demo").verdict == TOKEND_ACCEPT);
    auto const file = write("u", "c:" + yescrypt_hash + "::::bad\n").string();
    BOOST_TEST(plugin.reload() == file + ":1: flags: 'bad', disabled, locked or expires=YYYY-MM-DD was meant");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "b", "demo").verdict == TOKEND_ACCEPT);
}

BOOST_AUTO_TEST_CASE(a_changed_file_is_noticed_and_an_error_logged_once)
{
    loaded_plugin plugin{FILE_PLUGIN, users_in(write("u", "a:" + yescrypt_hash + '\n').string())};
    auto const file = write("u", "b:" + yescrypt_hash + "\nc:*\n").string();
    BOOST_TEST(plugin.wait_for_log(1) == file + ": changed, 2 records");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "b", "demo").verdict == TOKEND_ACCEPT);
    BOOST_TEST(plugin.health() == "");

    write("u", "b\n");
    auto const error = plugin.wait_for_log(2);
    BOOST_TEST(error.starts_with(file + ":1: hash: no whole hash"), error);
    BOOST_TEST(error.ends_with("; what was read before stays in use"), error);
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "b", "demo").verdict == TOKEND_ACCEPT);
    BOOST_TEST(plugin.health().starts_with(file + ":1: hash: no whole hash"));

    write("u", "d:" + yescrypt_hash + '\n');
    BOOST_TEST(plugin.wait_for_log(3) == file + ": good again, 1 records");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "d", "demo").verdict == TOKEND_ACCEPT);
    BOOST_TEST(plugin.health() == "");
    BOOST_TEST(plugin.log_lines() == 3U);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_tried_again_and_logged_once)
{
    loaded_plugin plugin{FILE_PLUGIN, users_in(write("u", "a:" + yescrypt_hash + '\n').string())};
    auto const file = (path() / "u").string();
    std::filesystem::create_symlink("/proc/self/mem", path() / "link");  // reading it is an I/O error
    std::filesystem::rename(path() / "link", path() / "u");
    // The watcher may have begun before or after the renaming, so either line may come first.
    std::vector<std::string> lines{plugin.wait_for_log(1), plugin.wait_for_log(2)};
    std::sort(lines.begin(), lines.end());
    BOOST_TEST(lines[0] == file + ": Input/output error; what was read before stays in use");
    BOOST_TEST(lines[1].starts_with(file + ": changes may not be reported ("));
    BOOST_TEST(plugin.health() == file + ": Input/output error");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "a", "demo").verdict == TOKEND_ACCEPT);
    write("u", "b:" + yescrypt_hash + '\n');
    BOOST_TEST(plugin.wait_for_log(3) == file + ": good again, 1 records");
    BOOST_TEST(plugin.health() == "");
}

BOOST_AUTO_TEST_CASE(a_folder_whose_mode_is_mended_is_noticed_although_the_file_stays_as_it_is)
{
    loaded_plugin plugin{FILE_PLUGIN, users_in(write("u", "a:" + yescrypt_hash + '\n').string())};
    ::chmod(path().c_str(), 0777);
    auto const file = write("u", "b:" + yescrypt_hash + '\n').string();
    BOOST_TEST(plugin.wait_for_log(1).starts_with(path().string() + " (above " + file + "): mode 0777"));
    ::chmod(path().c_str(), 0700);
    BOOST_TEST(plugin.wait_for_log(2) == file + ": good again, 1 records");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "b", "demo").verdict == TOKEND_ACCEPT);
}

BOOST_AUTO_TEST_CASE(loose_modes_are_refused_unless_the_host_allows_them)
{
    auto const file = write("u", "a:" + yescrypt_hash + '\n').string();
    ::chmod(file.c_str(), 0666);
    auto const mistake = file + ": mode 0666, writable by others than its owner; chmod go-w " + file;
    expect_error<std::runtime_error>([&] { loaded_plugin const plugin{FILE_PLUGIN, users_in(file)}; }, mistake);
    loaded_plugin lax{FILE_PLUGIN, users_in(file), TOKEND_HOST_LOOSE_MODES};
    BOOST_TEST(lax.ask(TOKEND_KIND_PASSWORD, "a", "demo").verdict == TOKEND_ACCEPT);
    ::chmod(file.c_str(), 0600);
    loaded_plugin strict{FILE_PLUGIN, users_in(file)};
    ::chmod(file.c_str(), 0666);
    BOOST_TEST(strict.reload() == mistake);
    BOOST_TEST(lax.reload() == "");
}

BOOST_AUTO_TEST_CASE(half_a_file_or_an_emptied_one_keeps_the_old_users)
{
    auto const line = "a:" + yescrypt_hash;
    loaded_plugin plugin{FILE_PLUGIN, users_in(write("u", line + ":U1:::disabled\n").string())};
    auto const file = write("u", line + ":U1").string();
    BOOST_TEST(plugin.reload() ==
               file + ":1: the last line has no newline at its end, so the file may have been cut; complete the line");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "a", "demo").verdict == TOKEND_DISABLED);
    write("u", "");
    BOOST_TEST(plugin.reload() ==
               file + ": holds no record, but held 1; if nobody shall get in, say so in a line '# empty'");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "a", "demo").verdict == TOKEND_DISABLED);
    write("u", "# empty\n");
    BOOST_TEST(plugin.reload() == "");
    BOOST_TEST(plugin.ask(TOKEND_KIND_PASSWORD, "a", "demo").verdict == TOKEND_NO_SUCH_USER);
}

BOOST_AUTO_TEST_CASE(a_first_file_without_records_is_taken_with_a_warning)
{
    loaded_plugin plugin{FILE_PLUGIN, users_in(write("u", "").string())};
    BOOST_TEST(plugin.wait_for_log(1) ==
               (path() / "u").string() + ": no records, nobody gets in; a line '# empty' says so on purpose");
    loaded_plugin const meant{FILE_PLUGIN, users_in(write("v", "# empty\n").string())};
    BOOST_TEST(meant.log_lines() == 0U);
}

BOOST_AUTO_TEST_CASE(users_who_change_are_rechecked_as_what_they_are_now)
{
    auto const line = ':' + yescrypt_hash;
    loaded_plugin plugin{FILE_PLUGIN,
                         users_in(write("u", "a" + line + ":U1:U1:g\nb" + line + "\nc" + line + '\n').string())};
    BOOST_TEST(plugin.recheck("a").verdict == TOKEND_ACCEPT);
    BOOST_TEST(plugin.changes() == 0U);
    write("u",
          "a" + line + ":U3:U3:h:expires=2999-12-31\nb" + line + "::::disabled\nd" + line + "::::expires=2020-01-01\n");
    plugin.wait_for_changes(1);
    auto const a = plugin.recheck("a");
    BOOST_TEST(a.verdict == TOKEND_ACCEPT);
    BOOST_TEST(a.username == "a");
    BOOST_TEST(a.units == std::vector<std::string>{"U3"}, boost::test_tools::per_element());
    BOOST_TEST(a.default_unit == "U3");
    BOOST_TEST(a.groups == std::vector<std::string>{"h"}, boost::test_tools::per_element());
    BOOST_TEST(a.not_after == 32503680000);  // 3000-01-01
    BOOST_TEST(plugin.recheck("b").verdict == TOKEND_DISABLED);
    BOOST_TEST(plugin.recheck("c").verdict == TOKEND_NO_SUCH_USER);
    BOOST_TEST(plugin.recheck("d").verdict == TOKEND_EXPIRED);

    write("u", "a\n");
    plugin.wait_for_log(2);
    BOOST_TEST(plugin.changes() == 1U);  // nothing new is in force
    write("u", "a" + line + '\n');
    BOOST_TEST(plugin.reload() == "");
    plugin.wait_for_changes(2);
}

BOOST_AUTO_TEST_CASE(access_tokens_that_change_are_rechecked_by_their_record)
{
    auto const code = [](std::string const& of) { return ':' + tokend::plugin::code_key{key}.digest(of); };
    loaded_plugin plugin{
        ACCESS_TOKEN_PLUGIN,
        table_in(write("t", code("1111") + ":EFFECTIVE:kiosk:U1\n" + code("2222") + ":EFFECTIVE:kiosk:U2\n").string())};
    auto const first = plugin.ask(TOKEND_KIND_CODE, "", "1111").subject_id;
    auto const second = plugin.ask(TOKEND_KIND_CODE, "", "2222").subject_id;
    BOOST_TEST(first != second);
    BOOST_TEST(first.find("1111") == std::string::npos);
    write("t", code("2222") + ":EFFECTIVE:kiosk:U3\n");
    plugin.wait_for_changes(1);
    BOOST_TEST(plugin.recheck("kiosk", first).verdict == TOKEND_NO_SUCH_USER);
    auto const still = plugin.recheck("kiosk", second);
    BOOST_TEST(still.verdict == TOKEND_ACCEPT);
    BOOST_TEST(still.subject_id == second);
    BOOST_TEST(still.units == std::vector<std::string>{"U3"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_changed_table_is_noticed)
{
    loaded_plugin plugin{ACCESS_TOKEN_PLUGIN, table_in(write("t", "# empty\n").string())};
    auto const file = write("t", "js:" + yescrypt_hash + ":EFFECTIVE\n").string();
    BOOST_TEST(plugin.wait_for_log(1) == file + ": changed, 1 records");
    BOOST_TEST(plugin.ask(TOKEND_KIND_IDENTIFIER, "js", "demo").verdict == TOKEND_ACCEPT);
}

BOOST_AUTO_TEST_CASE(instances_of_one_library_are_strangers)
{
    loaded_plugin one{FILE_PLUGIN, users_in(write("u1", "a:" + yescrypt_hash + '\n').string())};
    loaded_plugin two{FILE_PLUGIN, users_in(write("u2", "b:" + yescrypt_hash + '\n').string())};
    BOOST_TEST(one.ask(TOKEND_KIND_PASSWORD, "a", "demo").verdict == TOKEND_ACCEPT);
    BOOST_TEST(two.ask(TOKEND_KIND_PASSWORD, "a", "demo").verdict == TOKEND_NO_SUCH_USER);
}

BOOST_AUTO_TEST_SUITE_END()
