#include "base/inherited_sockets.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

using namespace tokend;

namespace {

constexpr pid_t self = 4711;

void set(char const* name, std::optional<std::string> const& value)
{
    value ? ::setenv(name, value->c_str(), 1) : ::unsetenv(name);
}

// Two descriptors in a row, as a service manager passes them, and the variables that announce them.
struct passed
{
    explicit passed(std::string const& pid = std::to_string(self), std::string const& count = "2",
                    std::optional<std::string> const& names = "public:admin")
    {
        int const original = ::socket(AF_UNIX, SOCK_STREAM, 0);
        first = ::fcntl(original, F_DUPFD, 500);
        BOOST_REQUIRE(::dup2(original, first + 1) == first + 1);
        ::close(original);
        set("LISTEN_PID", pid);
        set("LISTEN_FDS", count);
        set("LISTEN_FDNAMES", names);
    }
    ~passed()
    {
        ::close(first);
        ::close(first + 1);
    }
    int first;
};

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

}  // namespace

BOOST_AUTO_TEST_SUITE(inherited_sockets_)

BOOST_AUTO_TEST_CASE(sockets_are_found_by_their_names_until_they_are_closed)
{
    passed const p;
    {
        auto const taken = take_inherited_sockets(self, p.first);
        BOOST_TEST(taken.of("public") == std::vector<int>{p.first});
        BOOST_TEST(taken.of("admin") == std::vector<int>{p.first + 1});
        BOOST_TEST(taken.of("metrics").empty());
        BOOST_TEST(taken.names() == (std::vector<std::string>{"public", "admin"}));
        BOOST_TEST(is_open(p.first));
    }
    BOOST_TEST(!is_open(p.first));
}

BOOST_AUTO_TEST_CASE(several_sockets_may_have_one_name)
{
    passed const p{std::to_string(self), "2", "public:public"};
    auto const taken = take_inherited_sockets(self, p.first);
    BOOST_TEST(taken.of("public") == (std::vector<int>{p.first, p.first + 1}));
    BOOST_TEST(taken.names() == std::vector<std::string>{"public"});
}

BOOST_AUTO_TEST_CASE(sockets_of_one_name_can_be_closed_and_more_can_be_added)
{
    passed const p;
    inherited_sockets taken;
    taken.add(inherited_sockets{{{"127.0.0.1:80", ::dup(p.first)}, {"public", ::dup(p.first + 1)}}});
    taken.add(inherited_sockets{{{"public", ::dup(p.first)}}});
    auto const closed = taken.of("public");
    BOOST_TEST_REQUIRE(closed.size() == 2U);
    taken.close("public");
    BOOST_TEST(taken.names() == std::vector<std::string>{"127.0.0.1:80"});
    BOOST_TEST((!is_open(closed[0]) && !is_open(closed[1])));
    BOOST_TEST(is_open(taken.of("127.0.0.1:80")[0]));
}

BOOST_AUTO_TEST_CASE(no_child_inherits_them_and_no_variable_is_left)
{
    passed const p;
    auto const taken = take_inherited_sockets(self, p.first);
    BOOST_TEST((::fcntl(p.first, F_GETFD) & FD_CLOEXEC) != 0);
    BOOST_TEST((::fcntl(p.first + 1, F_GETFD) & FD_CLOEXEC) != 0);
    for (auto const* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        BOOST_TEST(::getenv(name) == nullptr, name);
}

BOOST_AUTO_TEST_CASE(sockets_of_another_process_are_left_alone)
{
    passed const p{"4712"};
    BOOST_TEST(take_inherited_sockets(self, p.first).names().empty());
    BOOST_TEST(is_open(p.first));
    BOOST_TEST(::getenv("LISTEN_FDS") == nullptr);
    BOOST_TEST(take_inherited_sockets(self, p.first).names().empty());
}

BOOST_AUTO_TEST_CASE(sockets_without_names_are_unknown)
{
    passed const p{std::to_string(self), "2", std::nullopt};
    BOOST_TEST(take_inherited_sockets(self, p.first).of("unknown").size() == 2U);
}

BOOST_AUTO_TEST_CASE(variables_that_contradict_each_other_are_refused)
{
    for (auto const* const count : {"x", "", "-1", "5000"})
    {
        passed const p{std::to_string(self), count};
        BOOST_CHECK_THROW(take_inherited_sockets(self, p.first), std::runtime_error);
    }
    for (auto const* const names : {"public", "a:b:c", ""})
    {
        passed const p{std::to_string(self), "2", names};
        BOOST_CHECK_THROW(take_inherited_sockets(self, p.first), std::runtime_error);
    }
    passed const p;
    ::close(p.first + 1);
    BOOST_CHECK_THROW(take_inherited_sockets(self, p.first), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
