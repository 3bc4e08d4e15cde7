#include "service/load.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

// load PORT VALIDATIONS LOGINS FILE: sends that many validations and logins a second until FILE exists, then validates
// every token that was issued, and prints the counts.
namespace {

using steady = std::chrono::steady_clock;
constexpr unsigned clients = 8;
constexpr unsigned keeping_clients = 6;  // of them; the others make a connection for each request

void work(tokend::test::load_client& client, tokend::test::issued_tokens& tokens, unsigned number, double validations,
          double logins, char const* stop_file)
{
    std::minstd_rand random{number + 1};
    auto const begin = steady::now();
    double validated = 0;
    double issued = 0;
    while (::access(stop_file, F_OK) != 0)
    {
        double const seconds = std::chrono::duration<double>{steady::now() - begin}.count();
        if (issued < 1 + seconds * logins)
        {
            client.issue(tokens);
            ++issued;
        }
        if (auto const token = tokens.any(random); !token.empty() && validated < seconds * validations)
        {
            client.validate(token);
            ++validated;
        }
        else
            std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 5)
        return 64;
    auto const port = static_cast<unsigned short>(std::atoi(argv[1]));
    tokend::test::load_counts counts;
    tokend::test::issued_tokens tokens;
    auto const begin = steady::now();
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < clients; ++i)
        threads.emplace_back([&, i] {
            tokend::test::load_client client{port, i < keeping_clients, counts};
            work(client, tokens, i, std::atof(argv[2]) / clients, std::atof(argv[3]) / clients, argv[4]);
        });
    for (auto& t : threads)
        t.join();
    auto const seconds = std::chrono::duration<double>{steady::now() - begin}.count();
    auto const validated = counts.validated.load();
    tokend::test::load_client client{port, true, counts};
    for (auto const& token : tokens.all())
        client.validate(token);
    std::printf("seconds=%.1f validated=%zu issued=%zu refused=%zu in_flight=%zu failed=%zu lost=%zu\n", seconds,
                validated, counts.issued.load(), counts.refused.load(), counts.in_flight.load(), counts.failed.load(),
                counts.lost.load());
    if (auto const why = counts.first_failure(); !why.empty())
        std::printf("the first failure: %s\n", why.c_str());
}
