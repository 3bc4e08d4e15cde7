#pragma once

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tokend::test {

// Returns true if the system has the address ::1.
inline bool has_ipv6()
{
    sockaddr_in6 any_port{};
    any_port.sin6_family = AF_INET6;
    any_port.sin6_addr = IN6ADDR_LOOPBACK_INIT;
    int const socket = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool const there =
        socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr const*>(&any_port), sizeof any_port) == 0;
    if (socket >= 0)
        ::close(socket);
    return there;
}

// For boost::unit_test::precondition(): elsewhere the case is reported as skipped.
inline boost::test_tools::assertion_result needs_ipv6(boost::unit_test::test_unit_id)
{
    boost::test_tools::assertion_result there{has_ipv6()};
    there.message() << "this system has no ::1";
    return there;
}

}  // namespace tokend::test
