// Replays the inputs that test/fuzz/run found worth keeping, under every preset.
#include "fuzz/configuration.hpp"
#include "fuzz/conversation.hpp"
#include "fuzz/json.hpp"
#include "fuzz/ldap_dn.hpp"
#include "fuzz/ldap_escape.hpp"
#include "fuzz/ldap_message.hpp"
#include "fuzz/message.hpp"
#include "fuzz/password_hash.hpp"
#include "fuzz/proxy_header.hpp"
#include "fuzz/query.hpp"
#include "fuzz/records.hpp"
#include "fuzz/tokens_file.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace tokend::test;

// Calls replay(bytes) for each input of a target.
template <class Replay>
void replay_corpus(std::string const& target, Replay replay)
{
    std::size_t count = 0;
    for (auto const& entry : std::filesystem::directory_iterator{TEST_CORPUS "/" + target})
    {
        std::ifstream in{entry.path(), std::ios::binary};
        std::string const bytes{std::istreambuf_iterator<char>{in}, {}};
        try
        {
            replay(bytes);
        }
        catch (std::exception const& e)
        {
            BOOST_ERROR(entry.path().filename().string() << ": not so: " << e.what());
        }
        ++count;
    }
    BOOST_TEST(count > 10U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(corpus_)

BOOST_AUTO_TEST_CASE(every_configuration_of_the_corpus_is_refused_or_prints_as_itself)
{
    replay_corpus("configuration", load_configuration);
}

BOOST_AUTO_TEST_CASE(every_connection_of_the_corpus_gets_the_same_answers_wherever_it_is_cut)
{
    replay_corpus("conversation", [](std::string const& bytes) { converse(bytes, 16); });
}

BOOST_AUTO_TEST_CASE(every_body_of_the_corpus_reads_as_boost_json_reads_it) { replay_corpus("json", read_json); }

BOOST_AUTO_TEST_CASE(every_dn_of_the_corpus_has_the_parts_that_libldap_finds) { replay_corpus("ldap_dn", read_dns); }

BOOST_AUTO_TEST_CASE(every_value_of_the_corpus_stays_a_value_in_filters_and_dns)
{
    replay_corpus("ldap_escape", escape_ldap);
}

BOOST_AUTO_TEST_CASE(every_answer_of_a_directory_in_the_corpus_is_read_or_an_outage)
{
    replay_corpus("ldap_message", read_ldap_messages);
}

BOOST_AUTO_TEST_CASE(every_message_of_the_corpus_reads_the_same_wherever_it_is_cut)
{
    replay_corpus("message", [](std::string const& bytes) { read_message(bytes, bytes.size()); });
}

BOOST_AUTO_TEST_CASE(every_hash_of_the_corpus_is_one_that_libcrypt_makes)
{
    replay_corpus("password_hash", read_password_hash);
}

BOOST_AUTO_TEST_CASE(every_client_address_of_the_corpus_is_what_proxies_wrote_wherever_it_is_cut)
{
    replay_corpus("proxy_header", read_client_address);
}

BOOST_AUTO_TEST_CASE(every_query_of_the_corpus_demands_what_it_says) { replay_corpus("query", read_query); }

BOOST_AUTO_TEST_CASE(every_record_of_the_corpus_says_the_same_in_any_order)
{
    replay_corpus("records", read_record_files);
}

BOOST_AUTO_TEST_CASE(every_tokens_file_of_the_corpus_is_opened_or_refused)
{
    replay_corpus("tokens_file", [](std::string const& bytes) {
        open_tokens_file({reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size()});
    });
}

BOOST_AUTO_TEST_SUITE_END()
