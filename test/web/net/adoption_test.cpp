#include "web/net/adoption.hpp"

#include "support/temporary_folder.hpp"
#include "web/net/listener.hpp"
#include "web/parts.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace tokend;

namespace {

int tcp_socket(std::uint32_t host, bool listens = true)
{
    int const made = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host);
    BOOST_REQUIRE(::bind(made, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0);
    if (listens)
        BOOST_REQUIRE(::listen(made, 16) == 0);
    return made;
}

sockaddr_un unix_address(std::string const& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

int unix_socket(std::string const& path)
{
    int const made = ::socket(AF_UNIX, SOCK_STREAM, 0);
    auto const address = unix_address(path);
    BOOST_REQUIRE(::bind(made, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(made, 16) == 0);
    return made;
}

bool connects(std::string const& path)
{
    int const client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    auto const address = unix_address(path);
    bool const connected = ::connect(client, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    ::close(client);
    return connected;
}

struct adopting
{
    explicit adopting(std::vector<inherited_sockets::named_socket> sockets) : inherited{std::move(sockets)} {}

    auto listen(std::string_view address = "fd:public", listener_options const& options = {.name = "public"})
    {
        return listen_on(loop, options, listening_address::parse(address).value(), inherited, shared.public_front,
                         workers, shared.log);
    }
    std::string refusal(std::string_view address = "fd:public")
    {
        try
        {
            listen(address);
            return "none";
        }
        catch (std::runtime_error const& e)
        {
            return e.what();
        }
    }

    inherited_sockets inherited;
    test::parts shared{{.level = log_level::error}};
    std::vector<std::unique_ptr<worker>> workers;
    asio::io_context loop{1};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(adoption_)

BOOST_AUTO_TEST_CASE(a_listener_has_the_address_of_the_socket_that_it_adopts)
{
    adopting a{{{"public", tcp_socket(INADDR_LOOPBACK)}}};
    auto const made = a.listen();
    BOOST_TEST_REQUIRE(made.size() == 1U);
    auto const address = std::get<tcp_address>(made[0]->bound_to());
    BOOST_TEST(address.host.text() == "127.0.0.1");
    BOOST_TEST(address.port != 0);
    BOOST_TEST((::fcntl(a.inherited.of("public")[0], F_GETFL) & O_NONBLOCK) != 0);
}

BOOST_AUTO_TEST_CASE(sockets_of_one_name_are_as_many_listeners)
{
    adopting a{{{"public", tcp_socket(INADDR_LOOPBACK)},
                {"other", tcp_socket(INADDR_LOOPBACK)},
                {"public", tcp_socket(INADDR_LOOPBACK)}}};
    auto const made = a.listen();
    BOOST_TEST_REQUIRE(made.size() == 2U);
    BOOST_TEST(text_of(made[0]->bound_to()) != text_of(made[1]->bound_to()));
}

BOOST_AUTO_TEST_CASE(the_socket_and_its_file_stay_when_the_listener_closes)
{
    test::temporary_folder const folder;
    auto const path = (folder / "public.sock").string();
    adopting a{{{"public", unix_socket(path)}}};
    for (int times = 0; times < 2; ++times)
    {
        auto const made = a.listen();
        BOOST_TEST(text_of(made[0]->bound_to()) == "unix:" + path);
        made[0]->start();
        made[0]->close();
        BOOST_TEST(connects(path));  // waits in the queue of the socket
    }
}

BOOST_AUTO_TEST_CASE(a_socket_that_a_replaced_process_has_left_is_adopted_by_its_address)
{
    adopting a{{{"127.0.0.1:0", tcp_socket(INADDR_LOOPBACK)},
                {"localhost:0", tcp_socket(INADDR_LOOPBACK)},
                {"localhost:0", tcp_socket(INADDR_LOOPBACK)}}};
    auto const made = a.listen("127.0.0.1:0");
    BOOST_TEST_REQUIRE(made.size() == 1U);
    BOOST_TEST(text_of(a.listen("127.0.0.1:0")[0]->bound_to()) == text_of(made[0]->bound_to()));
    BOOST_TEST(a.listen("localhost:0").size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_file_of_such_a_socket_goes_when_the_listener_closes_and_stays_when_it_leaves)
{
    test::temporary_folder const folder;
    auto const path = (folder / "public.sock").string();
    auto const address = "unix:" + path;
    adopting a{{{address, unix_socket(path)}}};
    a.listen(address, {.name = "public", .unix_mode = 0600})[0]->leave();
    struct stat found
    {};
    BOOST_TEST_REQUIRE(::stat(path.c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 0777) == 0600U);
    BOOST_TEST(connects(path));
    a.listen(address)[0]->close();
    BOOST_TEST(::stat(path.c_str(), &found) != 0);
}

BOOST_AUTO_TEST_CASE(a_connection_of_before_the_adoption_is_accepted)
{
    adopting a{{{"public", tcp_socket(INADDR_LOOPBACK)}}};
    auto const address = std::get<tcp_address>(a.listen()[0]->bound_to());
    asio::io_context other;
    asio::ip::tcp::socket client{other};
    client.connect({asio::ip::address_v4::loopback(), address.port});
    a.workers.push_back(std::make_unique<worker>(a.shared.services, a.shared.config, 0));
    auto const made = a.listen();
    made[0]->start();
    while (a.workers[0]->connections() == 0)
        a.loop.run_one();
    made[0]->close();
}

BOOST_AUTO_TEST_CASE(a_name_that_was_not_passed_is_refused_with_those_that_were)
{
    BOOST_TEST(adopting{{}}.refusal() == "fd:public was not passed to tokend; no socket was: start it by a socket unit "
                                         "with FileDescriptorName=public");
    adopting a{{{"admin", tcp_socket(INADDR_LOOPBACK)}, {"tokend.socket", tcp_socket(INADDR_LOOPBACK)}}};
    BOOST_TEST(a.refusal() ==
               "fd:public was not passed to tokend; the sockets that were passed have the names admin, tokend.socket");
}

BOOST_AUTO_TEST_CASE(what_is_no_listening_stream_socket_is_refused)
{
    adopting a{{{"file", ::open("/dev/null", O_RDONLY)},
                {"datagrams", ::socket(AF_INET, SOCK_DGRAM, 0)},
                {"bound", tcp_socket(INADDR_LOOPBACK, false)},
                {"packets", ::socket(AF_UNIX, SOCK_SEQPACKET, 0)}}};
    for (auto const* const name : {"fd:file", "fd:datagrams", "fd:bound", "fd:packets"})
        BOOST_TEST(a.refusal(name).starts_with(std::string{name} + " is not a listening stream socket"));
}

BOOST_AUTO_TEST_CASE(off_loopback_a_socket_needs_leave_to_carry_passwords)
{
    adopting a{{{"public", tcp_socket(INADDR_ANY)}}};
    auto const why = a.refusal();
    BOOST_TEST(why.starts_with("fd:public is 0.0.0.0:"), why);
    BOOST_TEST(why.ends_with("set allow-plain-http = yes in [listen.public]"), why);
    BOOST_TEST(a.listen("fd:public", {.name = "public", .allow_plain_http = true}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_is_known_of_an_inherited_socket_before_it_is_passed)
{
    BOOST_CHECK_NO_THROW(try_to_listen(listening_address::parse("fd:public").value()));
}

BOOST_AUTO_TEST_SUITE_END()
