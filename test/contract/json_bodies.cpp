#include "contract/json_bodies.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace tokend::test {

void check_bodies(std::vector<body> const& bodies)
{
    raw_client client{served<reading_json>::address()};
    for (auto const& b : bodies)
        BOOST_TEST_CONTEXT(b.text)
        {
            client.send(post(issue_path, b.text));
            auto const a = client.receive();
            BOOST_TEST(boost::json::parse(a.body).at_pointer("/status/code").as_string() == b.code);
            BOOST_TEST(a.status == (b.code == "INVALID_CREDENTIALS" ? 401 : 400));
        }
    client.send(get_health);
    BOOST_TEST(client.receive().status == 200);
}

}  // namespace tokend::test
