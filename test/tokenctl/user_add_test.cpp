#include "tokenctl/run.hpp"

#include "common/text_file.hpp"
#include "file/users.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <deque>

using namespace tokend::plugin;
using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

constexpr instant now{1'800'000'000s};
std::vector<std::string> const no_units;
constexpr char const* good = "correct horse";  // no policy refuses it

struct fixture
{
    // Uses a cheap hash unless the options name another.
    finished add(std::string const& name, std::string const& secret, arguments options = {"--cost", "1"}) const
    {
        options.insert(options.begin(), {"user", "add", file});
        options.insert(options.end(), {"--", name});
        return run(options, secret + '\n');
    }
    std::string text() const { return read_text_file(file).text; }
    users read() const { return users::parse(text(), file, &no_units); }
    bool gets_in(std::string const& name, std::string const& secret) const
    {
        return read().check(name, secret, now).verdict == verdict::accept;
    }

    temporary_folder folder;
    std::string const file = (folder / "x.users").string();
};

std::string long_secret(std::size_t size)
{
    std::string made;
    for (unsigned i = 1; made.size() < size; i = i * 75 % 65537)
        made += static_cast<char>('a' + i % 26);
    return made;
}

void expect_failure(finished const& got, int code, std::string const& error)
{
    BOOST_TEST(got.code == code);
    BOOST_TEST(got.errors == "tokenctl: " + error + '\n');
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(user_add_, fixture)

BOOST_AUTO_TEST_CASE(a_new_file_explains_its_columns_and_others_cannot_read_it)
{
    auto const got = add("anna", good);
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(got.output == "added anna in " + file + '\n');
    BOOST_TEST(got.errors == "");
    BOOST_TEST(text().starts_with(users_file_header));
    struct stat s
    {};
    BOOST_REQUIRE(::stat(file.c_str(), &s) == 0);
    BOOST_TEST((s.st_mode & 07777) == 0640U);
    BOOST_TEST(gets_in("anna", good));
    BOOST_TEST(!gets_in("anna", std::string{good} + ' '));
    BOOST_TEST(text().find(good) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(everything_that_is_given_is_read_back)
{
    auto const got = add("Jörg Müller", "  p:ä,ß # plum ",
                         {"--unit", "U1", "--unit=U2", "--default-unit", "U2", "--group", "admins", "--group", "staff",
                          "--disabled", "--expires", "2030-01-31", "--hash", "sha512crypt", "--cost", "1000"});
    BOOST_TEST(got.code == 0, got.errors);
    auto const all = read();
    auto const* user = all.find("Jörg Müller");
    BOOST_REQUIRE(user != nullptr);
    BOOST_TEST((user->who.belongs == membership{{"U1", "U2"}, "U2", {"admins", "staff"}}));
    BOOST_TEST((user->who.ends == parse_period("2030-01-31")->end));
    BOOST_TEST(user->is_disabled);
    BOOST_TEST(user->hash.strength() == "$6$rounds=1000$");
    BOOST_TEST((all.check("Jörg Müller", "  p:ä,ß # plum ", now).verdict == verdict::disabled));
}

BOOST_AUTO_TEST_CASE(every_scheme_can_be_chosen_and_yescrypt_is_the_default)
{
    BOOST_TEST(add("y", good, {}).code == 0);
    BOOST_TEST(add("b", good, {"--hash", "bcrypt", "--cost", "4"}).code == 0);
    BOOST_TEST(add("y1", good, {"--hash", "yescrypt", "--cost", "1"}).code == 0);
    auto const all = read();
    BOOST_TEST(all.find("y")->hash.strength() == "$y$j9T$");
    BOOST_TEST(all.find("b")->hash.strength() == "$2b$04$");
    BOOST_TEST(all.find("y1")->hash.strength() == "$y$j75$");
    BOOST_TEST(gets_in("b", good));
}

BOOST_AUTO_TEST_CASE(every_other_line_stays_byte_for_byte)
{
    std::string const before = "# mine\n\n  \na:*\n#b:*\nc:*:U1\n";
    folder.write("x.users", before);
    BOOST_TEST(add("d", good).code == 0);
    BOOST_TEST(text().starts_with(before + "d:$y$"));
    BOOST_TEST(text().ends_with('\n'));
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_refused_unless_it_shall_replace)
{
    folder.write("x.users", "a:*\n# between\nb:*:U1\nc:*\n");
    expect_failure(add("b", good), 64, file + ":3: there is a user 'b' already; --replace replaces it");
    BOOST_TEST(text() == "a:*\n# between\nb:*:U1\nc:*\n");

    auto const got = add("b", good, {"--replace", "--unit", "U2", "--cost", "1"});
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(got.output == "replaced b in " + file + '\n');
    BOOST_TEST(text().starts_with("a:*\n# between\nb:$y$"));
    BOOST_TEST(text().ends_with(":U2\nc:*\n"));
    BOOST_TEST(gets_in("b", good));
    BOOST_TEST(add("new", good, {"--replace", "--cost", "1"}).output == "added new in " + file + '\n');
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_is_not_completed)
{
    folder.write("x.users", "a:*\nb:*:U1:::dis");
    expect_failure(add("c", good), 65,
                   file +
                       ":2: the last line has no newline at its end, so the file may have been cut; complete the line");
    BOOST_TEST(text() == "a:*\nb:*:U1:::dis");
}

BOOST_AUTO_TEST_CASE(replacing_changes_what_is_named_and_nothing_else)
{
    std::string const rest = ":U1,U2:U2:g,h:locked,expires=2030-01-31,disabled\n# end\n";
    folder.write("x.users", "# begin\nb:*" + rest);
    BOOST_TEST(add("b", good, {"--replace", "--cost", "1"}).code == 0);
    BOOST_TEST(text().starts_with("# begin\nb:$y$"));
    BOOST_TEST(text().ends_with(rest));
    BOOST_TEST(read().find("b")->hash.matches(good));

    auto const changed = [&](arguments options) {
        options.insert(options.begin(), {"--replace", "--cost", "1"});
        auto const got = add("b", good, options);
        BOOST_TEST(got.code == 0, got.errors);
        auto const now = text();
        auto const hash_ends = now.find(':', now.find("$y$"));
        return now.substr(hash_ends, now.rfind("\n#") - hash_ends);
    };
    BOOST_TEST(changed({"--enabled"}) == ":U1,U2:U2:g,h:locked,expires=2030-01-31");
    BOOST_TEST(changed({"--group", "i"}) == ":U1,U2:U2:i:locked,expires=2030-01-31");
    BOOST_TEST(changed({"--expires", "2031-01-31"}) == ":U1,U2:U2:i:locked,expires=2031-01-31");
    BOOST_TEST(changed({"--disabled"}) == ":U1,U2:U2:i:locked,expires=2031-01-31,disabled");
    BOOST_TEST(changed({"--expires", "", "--group", "", "--enabled"}) == ":U1,U2:U2::locked");
    BOOST_TEST(changed({"--unit", "U3", "--default-unit", ""}) == ":U3:::locked");
    expect_failure(add("b", good, {"--replace", "--cost", "1", "--default-unit", "U9"}), 64,
                   "--default-unit 'U9' is none of the units given by --unit");
    expect_failure(add("b", good, {"--replace", "--enabled", "--disabled"}), 64,
                   "--enabled does not go with --disabled");
}

BOOST_AUTO_TEST_CASE(the_mark_of_an_empty_file_goes_with_the_first_user)
{
    folder.write("x.users", "# users\n# empty\n");
    BOOST_TEST(add("a", good).code == 0);
    BOOST_TEST(text().starts_with("# users\na:$y$"));
}

BOOST_AUTO_TEST_CASE(a_file_that_others_could_change_is_written_with_a_warning)
{
    folder.write("x.users", "a:*\n");
    ::chmod(file.c_str(), 0666);
    auto const got = add("b", good);
    BOOST_TEST(got.code == 0);
    BOOST_TEST(got.errors == "tokenctl: warning: " + file +
                                 ": mode 0666, writable by others than its owner; chmod go-w " + file + '\n');
}

BOOST_AUTO_TEST_CASE(a_line_that_would_not_be_read_back_is_not_written)
{
    folder.write("x.users", "a:*\n");
    auto const unreadable = "not written: a name, unit or group with a character that means something in the file";
    expect_failure(add("#b", good), 64, unreadable);
    expect_failure(add("b:*", good), 64, unreadable);
    expect_failure(add("b", good, {"--cost", "1", "--unit", "U1,U2"}), 64, unreadable);
    expect_failure(add("b", good, {"--cost", "1", "--group", "g:locked"}), 64, unreadable);
    expect_failure(add(" b", good), 64, "not written: " + file + ":2: username: a blank at its start or end");
    expect_failure(add("b\nc:*", good), 64,
                   "not written: " + file +
                       ":2: hash: no whole hash of yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) "
                       "or sha512crypt ($6$), nor '*' or '!' for none");
    expect_failure(add("b\x1b", good), 64, "not written: " + file + ":2: a control character");
    expect_failure(add("\xff", good), 64, "not written: " + file + ":2: bytes that are no UTF-8");
    expect_failure(add(std::string(257, 'n'), good), 64,
                   "not written: " + file + ":2: username: 257 bytes, at most 256 can be asked for");
    BOOST_TEST(text() == "a:*\n");
}

BOOST_AUTO_TEST_CASE(a_bad_secret_is_refused)
{
    expect_failure(add("a", ""), 64, "an empty secret");
    expect_failure(run({"user", "add", file, "a"}, ""), 64, "an empty secret");
    expect_failure(add("a", std::string{"correct\0horse", 13}), 64, "the secret contains a NUL");
    expect_failure(add("a", long_secret(1025)), 64, "a secret over 1024 bytes");
    expect_failure(add("a", long_secret(512)), 64, "the secret is longer than 511 bytes");
    expect_failure(add("a", long_secret(73), {"--hash", "bcrypt", "--cost", "4"}), 64,
                   "the secret is longer than 72 bytes, which bcrypt would cut");
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(the_secret_is_one_line_and_no_more_is_read)
{
    BOOST_TEST(run({"user", "add", "--cost", "1", file, "a"}, "no newline here").code == 0);
    BOOST_TEST(gets_in("a", "no newline here"));

    descriptor const input{
        ::open(folder.write("in", "the first horse\nthe second horse\n").c_str(), O_RDONLY | O_CLOEXEC)};
    for (auto const* name : {"b", "c"})
        BOOST_TEST((tokenctl{{"user", "add", "--cost", "1", file, name}, input.get(), 1, 2}.wait()) == 0);
    BOOST_TEST(gets_in("b", "the first horse"));
    BOOST_TEST(gets_in("c", "the second horse"));
}

BOOST_AUTO_TEST_CASE(a_mistake_in_the_file_is_bad_data)
{
    folder.write("x.users", "a:*\nb:plain\n");
    auto const got = add("c", good);
    BOOST_TEST(got.code == 65);
    BOOST_TEST(got.errors.starts_with("tokenctl: " + file + ":2: hash: a hash of a weak scheme"));
    BOOST_TEST(text() == "a:*\nb:plain\n");
    expect_failure(run({"user", "add", "--cost", "1", folder.path().string(), "a"}, "correct horse\n"), 65,
                   folder.path().string() + ": not a regular file");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_cannot_be_written)
{
    expect_failure(run({"user", "add", "--cost", "1", "/none/f", "a"}, "correct horse\n"), 73,
                   "/none: No such file or directory");
}

BOOST_AUTO_TEST_CASE(many_at_once_lose_nothing)
{
    constexpr int count = 12;
    std::deque<tokenctl> running;
    std::deque<descriptor> inputs;
    for (int i = 0; i < count; ++i)
    {
        auto const name = "user" + std::to_string(i);
        auto const& in = inputs.emplace_back(
            ::open(folder.write(name, "correct horse " + name.substr(4) + '\n').c_str(), O_RDONLY | O_CLOEXEC));
        running.emplace_back(arguments{"user", "add", "--cost", "1", file, name}, in.get(), 1, 2);
    }
    for (auto& one : running)
        BOOST_TEST(one.wait() == 0);
    BOOST_TEST(read().size() == 12U);
    for (int i = 0; i < count; ++i)
        BOOST_TEST(gets_in("user" + std::to_string(i), "correct horse " + std::to_string(i)));
}

BOOST_AUTO_TEST_CASE(a_run_that_is_killed_leaves_the_old_file)
{
    std::string const before = "# " + std::string(2000, 'x') + "\na:*\n";
    folder.write("x.users", before);
    // The child inherits the limit: a write past the first bytes of a file kills it.
    rlimit old{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
    descriptor const input{::open(folder.write("in", "correct horse\n").c_str(), O_RDONLY | O_CLOEXEC)};
    rlimit const few_bytes{1000, old.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &few_bytes) == 0);
    tokenctl doomed{{"user", "add", "--cost", "1", file, "b"}, input.get(), 1, 2};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
    BOOST_TEST(doomed.wait() == 128 + SIGXFSZ);
    BOOST_TEST(text() == before);

    BOOST_TEST(add("b", good).code == 0);
    BOOST_TEST(text().starts_with(before + "b:$y$"));
}

BOOST_AUTO_TEST_SUITE_END()
