// A file that tokend 0.1.0 wrote with the users of etc/demo before it was killed: four logins of 2026-11-29 14:47:02,
// one token released, another renewed.
#include "journal/version_2.hpp"

#include "journal/opened.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>

using namespace tokend;
using namespace tokend::test;

namespace {

constexpr std::uint64_t administrator = 0x1d90'8cc4'9e98'0de9;  // the first halves of keys
constexpr std::uint64_t released = 0xb041'a263'47e4'6fee;
constexpr std::uint64_t jsmith = 0x2e7a'820e'4ec6'a4e8;
constexpr std::uint64_t renewed = 0xdc9b'eb51'2c82'ff4f;

struct old_file_place
{
    temporary_folder folder;
    std::filesystem::path path = folder.path() / "tokens";
    old_file_place()
    {
        auto const unpack = "gzip -dc '" TEST_DATA "/version_2.tokens.gz' > '" + path.string() + '\'';
        BOOST_REQUIRE(std::system(unpack.c_str()) == 0);
        std::filesystem::permissions(path, std::filesystem::perms{0600});
    }
};

// As the daemon does it with the parts of a principal: here the bytes are marked, and all have one address.
std::optional<version_2::upgraded_record> marked(std::span<char const> record)
{
    return version_2::upgraded_record{"new " + std::string{record.begin(), record.end()}, "192.0.2.7"};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(version_2_)

BOOST_AUTO_TEST_CASE(a_file_of_version_2_is_taken_over_with_its_tokens_ends_and_principals)
{
    old_file_place const p;
    auto const done = version_2::take_over(p.path, marked);
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST(done->tokens == 4U);
    BOOST_TEST(done->damaged == 0U);
    opened const file{p.path};
    auto const contents = file.kept->contents();
    BOOST_TEST(contents.damaged == 0U);
    BOOST_TEST(contents.unfinished == 0U);
    std::map<std::uint64_t, std::string> records;
    for (auto const& r : contents.records)
        records[r.serial] = r.bytes;
    std::map<std::uint64_t, journal_entry> tokens;
    auto const note = [&](journal_entry const& e) {
        if (e.kind == entry_kind::issue)
            tokens[e.a] = e;
    };
    for_each_entry(contents.tokens, note);
    for_each_entry(contents.log, note);
    BOOST_TEST(tokens.size() == 4U);
    for (auto const a : {administrator, jsmith, renewed})
    {
        auto const& e = tokens.at(a);
        BOOST_TEST(e.expires == e.issued + 3600);
        BOOST_TEST(records.at(e.serial).starts_with("new "));
        BOOST_TEST(e.address == 1U);
    }
    BOOST_TEST(records.at(tokens.at(jsmith).serial).find("jsmith") != std::string::npos);
    BOOST_TEST(contents.newest == tokens.at(renewed).issued);
    BOOST_TEST(contents.ends(released, tokens.at(released).b) == latest_ends::ended);
    BOOST_TEST(contents.ends(renewed, tokens.at(renewed).b) > tokens.at(renewed).expires);
    BOOST_TEST(contents.ends(administrator, tokens.at(administrator).b) == 0U);
    BOOST_REQUIRE(contents.addresses.size() == 1U);  // the address of all of them
    BOOST_TEST(contents.addresses.front().bytes == "192.0.2.7");
    BOOST_TEST(contents.last_address == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_happens_without_a_file_or_to_one_of_today)
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    BOOST_TEST(!version_2::take_over(path, marked).has_value());
    BOOST_TEST(!std::filesystem::exists(path));
    {
        opened const file{path};
    }
    auto const before = bytes_of(path);
    BOOST_TEST(!version_2::take_over(path, marked).has_value());
    BOOST_TEST((bytes_of(path) == before));
}

BOOST_AUTO_TEST_CASE(a_file_of_version_2_that_is_damaged_in_its_header_or_cut_is_refused_and_left_as_it_was)
{
    old_file_place const p;
    auto const good = bytes_of(p.path);
    auto const refused_as = [&](std::string const& bytes, std::string const& why) {
        std::ofstream{p.path, std::ios::binary | std::ios::trunc} << bytes;
        BOOST_CHECK_EXCEPTION(version_2::take_over(p.path, marked), std::runtime_error,
                              [&](std::runtime_error const& e) {
                                  return std::string_view{e.what()} == "tokens file " + p.path.string() + ' ' + why;
                              });
        BOOST_TEST((bytes_of(p.path) == bytes));
        BOOST_TEST(!std::filesystem::exists(p.folder.path() / "tokens.new"));
    };
    auto damaged = good;
    damaged[2 * 4096 + 8] ^= 1;
    refused_as(damaged, "is damaged in its header");
    refused_as(good.substr(0, 100'000), "has 100000 bytes, 4227072 were meant");
}

BOOST_AUTO_TEST_SUITE_END()
