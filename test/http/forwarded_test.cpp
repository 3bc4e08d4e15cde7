// Which address is the client's: tables of header lines, trusted networks and the address that counts.
#include "http/forwarded.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {
namespace {

constexpr std::string_view nobody = "nobody";

std::vector<network> networks(std::string_view text)
{
    std::vector<network> all;
    for (auto const one : split_list(text))
        all.push_back(network::parse(one).value());
    return all;
}

// `lines` are separated by '\n'.
void add_lines(header_fields& fields, header name, std::string_view lines)
{
    for (auto left = lines;;)
    {
        auto const line = left.substr(0, left.find('\n'));
        fields.add({name, trim(line)});
        if (line.size() == left.size())
            return;
        left.remove_prefix(line.size() + 1);
    }
}

std::string client_in(client_field field, std::string_view lines, std::string_view trusted)
{
    header_fields fields{32};
    fields.add({header::host, "a"});
    add_lines(fields, field == client_field::forwarded ? header::forwarded : header::x_forwarded_for, lines);
    fields.add({header::cookie, "b"});
    auto const found = forwarded_client(fields, field, networks(trusted));
    return found ? found->text() : std::string{nobody};
}

struct example
{
    std::string_view lines;
    std::string_view trusted;
    std::string_view client;
};

void check(client_field field, std::vector<example> const& examples)
{
    for (auto const& e : examples)
        BOOST_TEST(client_in(field, e.lines, e.trusted) == e.client, e.lines << " | trusted: " << e.trusted);
}

constexpr auto xff = client_field::x_forwarded_for;
constexpr auto rfc = client_field::forwarded;
constexpr std::string_view inside = "10.0.0.0/8, 127.0.0.0/8, 2001:db8:1::/48";

BOOST_AUTO_TEST_SUITE(forwarded_)

BOOST_AUTO_TEST_CASE(the_last_address_that_is_not_trusted_is_the_client)
{
    check(xff, {{"198.51.100.7", inside, "198.51.100.7"},
                {"198.51.100.7, 10.0.0.2", inside, "198.51.100.7"},
                {"198.51.100.7, 10.0.0.2, 10.9.9.9, 127.0.0.1", inside, "198.51.100.7"},
                {"198.51.100.7,10.0.0.2,10.0.0.3", inside, "198.51.100.7"},
                {"203.0.113.1, 198.51.100.7", inside, "198.51.100.7"},
                {"10.0.0.1, 198.51.100.7, 10.0.0.2", inside, "198.51.100.7"},
                {"198.51.100.7", "", "198.51.100.7"},
                {"198.51.100.7 , \t10.0.0.2\t", inside, "198.51.100.7"},
                {"2001:db8::7, 2001:db8:1::5", inside, "2001:db8::7"}});
}

BOOST_AUTO_TEST_CASE(if_all_addresses_are_trusted_the_first_one_is_the_client)
{
    check(xff, {{"10.0.0.1", inside, "10.0.0.1"},
                {"10.0.0.1, 10.0.0.2, 127.0.0.1", inside, "10.0.0.1"},
                {"10.0.0.1\n10.0.0.2", inside, "10.0.0.1"},
                {"198.51.100.7, 203.0.113.1", "0.0.0.0/0", "198.51.100.7"}});
    check(rfc, {{"for=10.0.0.1, for=10.0.0.2;proto=https", inside, "10.0.0.1"}});
}

BOOST_AUTO_TEST_CASE(what_a_client_writes_in_front_of_its_address_does_not_count)
{
    check(xff, {{"127.0.0.1, 198.51.100.7", inside, "198.51.100.7"},
                {"no address at all, 198.51.100.7", inside, "198.51.100.7"},
                {"unknown, \"\\, 198.51.100.7, 10.0.0.2", inside, "198.51.100.7"},
                {"10.0.0.1\n198.51.100.7, 10.0.0.2", inside, "198.51.100.7"},
                {",,,;=, 198.51.100.7", inside, "198.51.100.7"}});
    check(rfc, {{"for=10.0.0.1, for=198.51.100.7", inside, "198.51.100.7"},
                {"for=\"10.0.0.1, for=198.51.100.7", inside, "198.51.100.7"},
                {"for=10.0.0.1;host=\", for=198.51.100.7;proto=http", inside, "198.51.100.7"},
                {"for=\"\\, for=198.51.100.7", inside, "198.51.100.7"},
                {"for=\"\\\", for=198.51.100.7, for=10.0.0.2", inside, "198.51.100.7"},
                {"garbage; ;; = , for=198.51.100.7", inside, "198.51.100.7"},
                {"for=\"x\nfor=198.51.100.7", inside, "198.51.100.7"}});
}

BOOST_AUTO_TEST_CASE(a_list_that_cannot_be_read_up_to_the_client_names_nobody)
{
    check(xff, {{"", inside, nobody},
                {" , ,", inside, nobody},
                {"unknown", inside, nobody},
                {"198.51.100.7, unknown", inside, nobody},
                {"198.51.100.7, unknown, 10.0.0.2", inside, nobody},
                {"198.51.100.7, 10.0.0.2 10.0.0.3", inside, nobody},
                {"198.51.100.7;10.0.0.2", inside, nobody},
                {"localhost", inside, nobody},
                {"198.51.100.256", inside, nobody},
                {"198.51.100", inside, nobody},
                {"0198.51.100.7", inside, nobody},
                {"198.51.100.7/32", inside, nobody},
                {"\"198.51.100.7\"", inside, nobody},
                {"for=198.51.100.7", inside, nobody},
                {"::1::2", inside, nobody},
                {"fe80::1%lo", inside, nobody},
                {"unix:", inside, nobody},
                {"unknown, 10.0.0.1", inside, nobody}});
}

BOOST_AUTO_TEST_CASE(an_address_may_have_brackets_and_a_port)
{
    check(xff, {{"198.51.100.7:4711", inside, "198.51.100.7"},
                {"198.51.100.7:0, 10.0.0.2:65535", inside, "198.51.100.7"},
                {"[2001:db8::7]:4711", inside, "2001:db8::7"},
                {"[2001:db8::7]", inside, "2001:db8::7"},
                {"2001:db8::7, [2001:db8:1::5]:80", inside, "2001:db8::7"},
                {"198.51.100.7:", inside, nobody},
                {"198.51.100.7:65536", inside, nobody},
                {"198.51.100.7:000080", inside, nobody},
                {"198.51.100.7:_x", inside, nobody},
                {"198.51.100.7:80:80", inside, nobody},
                {":80", inside, nobody},
                {"[198.51.100.7]:80", inside, nobody},
                {"[2001:db8::7", inside, nobody},
                {"2001:db8::7]", inside, nobody},
                {"[2001:db8::7]80", inside, nobody},
                {"[2001:db8::7]:", inside, nobody},
                {"[]:80", inside, nobody}});
}

BOOST_AUTO_TEST_CASE(an_ipv4_address_that_is_mapped_into_ipv6_is_ipv4)
{
    check(xff, {{"::ffff:198.51.100.7", inside, "198.51.100.7"},
                {"[::ffff:198.51.100.7]:80, ::ffff:10.0.0.2", inside, "198.51.100.7"},
                {"::ffff:c633:6407, ::ffff:10.0.0.2", inside, "198.51.100.7"},
                {"198.51.100.7, 10.0.0.2", "::ffff:10.0.0.0/104", "198.51.100.7"}});
    check(rfc, {{"for=\"[::ffff:198.51.100.7]:80\"", inside, "198.51.100.7"}});
}

BOOST_AUTO_TEST_CASE(several_lines_are_one_list)
{
    check(xff, {{"198.51.100.7\n10.0.0.2", inside, "198.51.100.7"},
                {"203.0.113.1\n198.51.100.7\n10.0.0.2, 10.0.0.3", inside, "198.51.100.7"},
                {"198.51.100.7\n\n10.0.0.2\n", inside, "198.51.100.7"},
                {"198.51.100.7\nunknown", inside, nobody}});
    check(rfc, {{"for=198.51.100.7\nfor=10.0.0.2", inside, "198.51.100.7"},
                {"for=203.0.113.1, for=198.51.100.7;proto=http\nfor=10.0.0.2", inside, "198.51.100.7"}});
}

BOOST_AUTO_TEST_CASE(forwarded_is_read_as_rfc_7239_writes_it)
{
    check(rfc, {{"for=198.51.100.7", inside, "198.51.100.7"},
                {"For=198.51.100.7;Proto=http;By=10.0.0.1", inside, "198.51.100.7"},
                {"by=10.0.0.1;proto=http;FOR=198.51.100.7;host=example.org", inside, "198.51.100.7"},
                {"for=\"198.51.100.7\"", inside, "198.51.100.7"},
                {"for=\"198.51.100.7:4711\"", inside, "198.51.100.7"},
                {"for=\"[2001:db8::7]:4711\"", inside, "2001:db8::7"},
                {"for=\"[2001:db8::7]\";by=\"_a,b;c\"", inside, "2001:db8::7"},
                {"for=198.51.100.7;host=\"a,b\", for=10.0.0.2;host=\"\\\",\\\\\"", inside, "198.51.100.7"},
                {"for=\"\\198.51.100.\\7\"", inside, "198.51.100.7"},
                {"for=\"198.51.100.7:_port\"", inside, "198.51.100.7"},
                {"for=198.51.100.7:80", inside, "198.51.100.7"},
                {"for=[2001:db8::7]:80", inside, "2001:db8::7"},
                {"for=198.51.100.7; proto=http ;", inside, "198.51.100.7"},
                {";for=198.51.100.7", inside, "198.51.100.7"},
                {"for=198.51.100.7, , for=10.0.0.2,", inside, "198.51.100.7"}});
}

BOOST_AUTO_TEST_CASE(an_element_of_forwarded_that_names_no_address_names_nobody)
{
    check(rfc, {{"for=unknown", inside, nobody},
                {"for=198.51.100.7, for=unknown", inside, nobody},
                {"for=198.51.100.7, for=_hidden", inside, nobody},
                {"for=\"_hidden:80\", for=10.0.0.2", inside, nobody},
                {"for=198.51.100.7, proto=https", inside, nobody},
                {"for=198.51.100.7, ;", inside, nobody},
                {"for=2001:db8::7", inside, nobody},
                {"for=\"2001:db8::7\"", inside, nobody},
                {"for=\"[fe80::1%lo]\"", inside, nobody},
                {"for=", inside, nobody},
                {"for=\"\"", inside, nobody},
                {"for", inside, nobody},
                {"198.51.100.7", inside, nobody},
                {"for =198.51.100.7", inside, nobody},
                {"for= 198.51.100.7", inside, nobody},
                {"for=198.51.100.7;for=198.51.100.8", inside, nobody},
                {"for=198.51.100.7;host=\"", inside, nobody},
                {"for=198.51.100.7;host=\"\\\"", inside, nobody},
                {"for=\"198.51.100.7\"x", inside, nobody},
                {"for=x\"198.51.100.7\"", inside, nobody},
                {"for=198.51.100.7;=x", inside, nobody},
                {"for=198.51.100.7;a b=x", inside, nobody},
                {"for=\"[2001:db8::7]:_\"", inside, nobody},
                {"for=\"[2001:db8::7]:_a b\"", inside, nobody}});
    check(rfc, {{"for=\"198.51.100.7:_" + std::string(200, 'x') + '"', inside, nobody}});
}

BOOST_AUTO_TEST_CASE(only_the_named_field_counts)
{
    header_fields fields{4};
    fields.add({header::x_forwarded_for, "198.51.100.7"});
    fields.add({header::forwarded, "for=203.0.113.1"});
    BOOST_TEST(forwarded_client(fields, xff, {}).value().text() == "198.51.100.7");
    BOOST_TEST(forwarded_client(fields, rfc, {}).value().text() == "203.0.113.1");
    BOOST_TEST(!forwarded_client(fields, client_field::none, {}));
    fields.clear();
    fields.add({header::forwarded, "for=203.0.113.1"});
    BOOST_TEST(!forwarded_client(fields, xff, {}));
}

BOOST_AUTO_TEST_CASE(a_list_as_long_as_a_request_may_be_is_read_once)
{
    std::string chain = "198.51.100.7";
    while (chain.size() < 16000)
        chain.append(",10.0.0.2");
    BOOST_TEST(client_in(xff, chain, inside) == "198.51.100.7");
    std::string quotes;
    while (quotes.size() < 16000)
        quotes.append("\\\"");
    BOOST_TEST(client_in(rfc, "for=\"" + quotes + '"', inside) == nobody);
    BOOST_TEST(client_in(rfc, "for=198.51.100.7;host=\"" + quotes + '"', inside) == "198.51.100.7");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
