#include "base/socket_passing.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using namespace tokend;

namespace {

using named_sockets = std::vector<inherited_sockets::named_socket>;

// Two connected sockets; either may be closed before the end.
struct socket_pair
{
    socket_pair() { BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0); }
    ~socket_pair()
    {
        for (int const end : ends)
            if (end >= 0)
                ::close(end);
    }
    void close(int end) { ::close(std::exchange(ends[end], -1)); }
    int ends[2];
};

std::ptrdiff_t open_descriptors() { return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}); }

std::string read_from(int descriptor)
{
    char bytes[64];
    auto const count = ::read(descriptor, bytes, sizeof bytes);
    return {bytes, static_cast<std::size_t>(count < 0 ? 0 : count)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(socket_passing_)

BOOST_AUTO_TEST_CASE(sockets_arrive_in_order_with_their_names)
{
    socket_pair const over;
    socket_pair const one;
    socket_pair const two;
    send_sockets(over.ends[0], {{"127.0.0.1:80", one.ends[0]}, {"public", two.ends[0]}, {"public", one.ends[1]}});
    auto const received = receive_sockets(over.ends[1]);
    BOOST_TEST(received.names() == (std::vector<std::string>{"127.0.0.1:80", "public"}));
    BOOST_TEST_REQUIRE(received.of("127.0.0.1:80").size() == 1U);
    BOOST_TEST_REQUIRE(received.of("public").size() == 2U);
    BOOST_TEST(::write(two.ends[1], "hello", 5) == 5);
    BOOST_TEST(read_from(received.of("public")[0]) == "hello");
    BOOST_TEST((::fcntl(received.of("public")[0], F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(no_socket_is_a_message_too)
{
    socket_pair const over;
    send_sockets(over.ends[0], {});
    BOOST_TEST(receive_sockets(over.ends[1]).names().empty());
}

BOOST_AUTO_TEST_CASE(as_many_arrive_as_the_kernel_takes_and_more_are_refused)
{
    socket_pair const over;
    named_sockets sockets;
    for (std::size_t i = 0; i < most_passed_sockets; ++i)
        sockets.push_back({std::string(255, 'n') + std::to_string(i), over.ends[0]});
    send_sockets(over.ends[0], sockets);
    BOOST_TEST(receive_sockets(over.ends[1]).names().size() == most_passed_sockets);
    sockets.push_back({"one more", over.ends[0]});
    BOOST_CHECK_THROW(send_sockets(over.ends[0], sockets), std::length_error);
}

BOOST_AUTO_TEST_CASE(the_other_process_is_known)
{
    socket_pair const over;
    BOOST_TEST(peer_of(over.ends[0]).pid == ::getpid());
    BOOST_TEST(peer_of(over.ends[0]).user == ::geteuid());
    BOOST_CHECK_THROW(peer_of(-1), std::system_error);
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_early_is_an_error)
{
    socket_pair over;
    BOOST_TEST(::write(over.ends[0], "sockets 2\none\n", 14) == 14);
    over.close(0);
    BOOST_CHECK_THROW(receive_sockets(over.ends[1]), std::system_error);
    over.close(1);
    BOOST_CHECK_THROW(send_sockets(over.ends[1], {}), std::system_error);
}

constexpr std::string_view bad_messages[] = {"\n",
                                             "socket 0\n",
                                             "sockets \n",
                                             "sockets -1\n",
                                             "sockets 254\n",
                                             "sockets 99999999999999999999\n",
                                             "sockets 0\nmore",
                                             "sockets 1\na name without a socket\n"};

BOOST_DATA_TEST_CASE(anything_else_is_refused, boost::unit_test::data::make(bad_messages), message)
{
    socket_pair const over;
    BOOST_TEST(::write(over.ends[0], message.data(), message.size()) == static_cast<ssize_t>(message.size()));
    BOOST_CHECK_THROW(receive_sockets(over.ends[1]), std::system_error);
}

BOOST_AUTO_TEST_CASE(endless_text_is_refused)
{
    socket_pair const over;
    int const room = 1 << 20;
    ::setsockopt(over.ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    std::string const text(140'000, 'x');
    BOOST_TEST(::send(over.ends[0], text.data(), text.size(), MSG_DONTWAIT) == static_cast<ssize_t>(text.size()));
    BOOST_CHECK_THROW(receive_sockets(over.ends[1]), std::system_error);
}

BOOST_AUTO_TEST_CASE(descriptors_of_a_refused_message_are_closed)
{
    socket_pair const over;
    auto const before = open_descriptors();
    send_sockets(over.ends[0], {{"one\nmore", over.ends[0]}});
    BOOST_CHECK_THROW(receive_sockets(over.ends[1]), std::system_error);
    BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_SUITE_END()
