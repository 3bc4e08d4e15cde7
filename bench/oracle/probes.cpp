// probes PORT LOGINS COUNT CLIENTS: tries to distinguish the refusals of a tokend on 127.0.0.1 by their times. LOGINS
// is a file with one kind of login a line, `NAME PATH BODY`, where each # of the body becomes a random digit. Sends
// COUNT of each kind one after the other, in random order. Meanwhile that many CLIENTS, each with an address of its
// own, send the kinds whose names begin with '+', which are not judged. These rest between two logins.
//
// Prints for each two kinds `pair A B SHARE`: the share of logins that the best threshold on the time of the answer
// puts into the right one of the two. Chance gives 0.5 and a little more. Then `median KIND MS`, and `answers N`: how
// many different answers there were, apart from the header Date.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using steady = std::chrono::steady_clock;

struct login
{
    std::string name;
    std::string path;
    std::string body;
    std::vector<double> times{};  // of the answers, in ms
};

std::string request_of(login const& l, std::mt19937_64& random)
{
    auto body = l.body;
    for (auto& c : body)
        if (c == '#')
            c = static_cast<char>('0' + random() % 10);
    return "POST " + l.path +
           " HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: probe\r\nContent-Type: application/json\r\n" +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// A connection that is opened again when the server has closed it.
class client
{
public:
    client(std::uint16_t port, unsigned number) : port_{port}, number_{number} {}
    ~client() { close(); }
    client(client const&) = delete;

    // Returns the answer without its header Date.
    std::string ask(std::string const& request)
    {
        if (socket_ < 0)
            open();
        if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
            throw std::runtime_error{"the request was not sent"};
        std::string answer;
        while (!is_whole(answer))
        {
            char part[4096];
            auto const got = ::recv(socket_, part, sizeof part, 0);
            if (got <= 0)
                throw std::runtime_error{"no whole answer"};
            answer.append(part, static_cast<std::size_t>(got));
        }
        if (answer.find("Connection: close") != answer.npos)
            close();
        auto const date = answer.find("Date: ");
        return answer.erase(date, answer.find('\n', date) - date);
    }

private:
    static sockaddr_in address(std::uint32_t host, std::uint16_t port)
    {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(port);
        a.sin_addr.s_addr = htonl(host);
        return a;
    }
    static bool is_whole(std::string const& answer)
    {
        constexpr std::string_view length = "Content-Length: ";
        auto const end = answer.find("\r\n\r\n");
        auto const at = answer.find(length);
        return end != answer.npos && at < end &&
               answer.size() >= end + 4 + std::stoul(answer.substr(at + length.size()));
    }
    void open()
    {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        auto const here = address(INADDR_LOOPBACK + number_, 0);
        auto const there = address(INADDR_LOOPBACK, port_);
        int const yes = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::bind(socket_, reinterpret_cast<sockaddr const*>(&here), sizeof here) != 0 ||
            ::connect(socket_, reinterpret_cast<sockaddr const*>(&there), sizeof there) != 0)
            throw std::runtime_error{"cannot connect"};
    }
    void close()
    {
        if (socket_ >= 0)
            ::close(std::exchange(socket_, -1));
    }

    std::uint16_t const port_;
    unsigned const number_;  // its address is so many above 127.0.0.1
    int socket_ = -1;
};

// The best threshold is where the distributions differ most.
double share_of_right(std::vector<double> const& a, std::vector<double> const& b)
{
    double most = 0;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size())
    {
        auto const at = std::min(a[i], b[j]);
        while (i < a.size() && a[i] <= at)
            ++i;
        while (j < b.size() && b[j] <= at)
            ++j;
        most = std::max(most, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                       static_cast<double>(j) / static_cast<double>(b.size())));
    }
    return (1 + most) / 2;
}

std::vector<login> read(char const* file, bool judged)
{
    std::vector<login> all;
    std::ifstream lines{file};
    login l{};
    while (lines >> l.name >> l.path && std::getline(lines >> std::ws, l.body))
        if ((l.name.front() != '+') == judged)
            all.push_back(l);
    if (all.empty())
        throw std::runtime_error{std::string{file} + ": no logins"};
    return all;
}

std::set<std::string> probe(std::uint16_t port, std::vector<login>& kinds, std::size_t count)
{
    std::mt19937_64 random{std::random_device{}()};
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < kinds.size(); ++i)
        order.insert(order.end(), count, i);
    std::shuffle(order.begin(), order.end(), random);
    client prober{port, 1};
    std::set<std::string> answers;
    for (auto const i : order)
    {
        auto const request = request_of(kinds[i], random);
        auto const begin = steady::now();
        answers.insert(prober.ask(request));
        kinds[i].times.push_back(std::chrono::duration<double, std::milli>{steady::now() - begin}.count());
    }
    return answers;
}

void load(std::uint16_t port, std::vector<login> const& kinds, unsigned number, std::atomic<bool> const& over)
{
    std::mt19937_64 random{std::random_device{}()};
    std::exponential_distribution<double> rest{1 / 10.0};
    client c{port, number};
    while (!over)
    {
        c.ask(request_of(kinds[random() % kinds.size()], random));
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>{rest(random)});
    }
}

void report(std::vector<login>& kinds, std::size_t answers)
{
    for (auto& k : kinds)
        std::sort(k.times.begin(), k.times.end());
    for (std::size_t i = 0; i < kinds.size(); ++i)
        for (std::size_t j = i + 1; j < kinds.size(); ++j)
            std::printf("pair %s %s %.4f\n", kinds[i].name.c_str(), kinds[j].name.c_str(),
                        share_of_right(kinds[i].times, kinds[j].times));
    for (auto const& k : kinds)
        std::printf("median %s %.3f\n", k.name.c_str(), k.times[k.times.size() / 2]);
    std::printf("answers %zu\n", answers);
}

}  // namespace

int main(int argc, char** argv)
try
{
    if (argc != 5)
        throw std::runtime_error{"usage: probes PORT LOGINS COUNT CLIENTS"};
    auto const port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    auto kinds = read(argv[2], true);
    std::atomic<bool> over{false};
    std::vector<std::thread> clients;
    for (unsigned n = 0; n < static_cast<unsigned>(std::atoi(argv[4])); ++n)
        clients.emplace_back([&, n] { load(port, read(argv[2], false), 10 + n, over); });
    auto const answers = probe(port, kinds, static_cast<std::size_t>(std::atoi(argv[3])));
    over = true;
    for (auto& c : clients)
        c.join();
    report(kinds, answers.size());
    return 0;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "probes: %s\n", e.what());
    return 1;
}
