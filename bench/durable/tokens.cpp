// bench_tokens fill FILE COUNT TOKENS    makes a tokens file of COUNT live tokens of 100,000 principals; writes them to TOKENS
// bench_tokens check FILE COUNT TOKENS   opens it, and asks for every one of them
// Tells seconds, and bytes of memory of the table.
#include "base/log.hpp"
#include "table/table.hpp"
#include "table/tokens_file.hpp"
#include "token/session_owner.hpp"
#include "token/sessions.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>

using namespace tokend;
using steady = std::chrono::steady_clock;

namespace {

double seconds_since(steady::time_point t) { return std::chrono::duration<double>(steady::now() - t).count(); }

principal person(std::size_t number)
{
    auto const name = "user-" + std::to_string(number);
    return {.organisation = "BENCH",
            .backend = "all",
            .username = name,
            .subject_id = name + "@example.com",
            .unit = "EE63A82C4FEBE02FF34E90DD1EBA5ABE",
            .units = {"EE63A82C4FEBE02FF34E90DD1EBA5ABE"},
            .groups = {"admins"}};
}

void fill(sessions& into, tokend::clock const& now, std::size_t count, char const* path)
{
    std::ofstream out{path};
    entropy random;
    lifetime_rules const rules{.lifetime = std::chrono::hours{100}};
    for (std::size_t i = 0; i < count; ++i)
    {
        auto const made = into.issue(person(i % 100'000), rules, now.now(), random);
        if (!made)
            throw std::runtime_error{std::string(made.error().reason)};
        out << made->token.reveal() << '\n';
    }
}

std::size_t valid(sessions const& kept, tokend::clock const& now, char const* path)
{
    std::ifstream in{path};
    inspection seen;
    std::size_t count = 0;
    for (std::string token; std::getline(in, token);)
        count += kept.inspect(token, now.now(), seen);
    return count;
}

std::optional<std::string> identity_of(std::span<char const> bytes)
{
    auto const who = decode(bytes);
    return who ? std::optional{session_identity(*who)} : std::nullopt;
}

std::optional<version_2::upgraded_record> no_upgrade(std::span<char const>) { return std::nullopt; }

}  // namespace

int main(int argc, char** argv)
try
{
    if (argc != 5)
        return 64;
    std::string const what = argv[1];
    auto const count = std::strtoul(argv[3], nullptr, 10);
    table_options const options{.capacity = count};
    auto const begun = steady::now();
    tokend::clock now;
    logger log{now, {}};
    table kept{options};
    tokens_file file{kept, options, now, identity_of, no_upgrade, log, {.path = argv[2]}};
    std::printf("opened %.3f s, live %zu, damaged %zu, memory %zu\n", seconds_since(begun), file.restored().live,
                file.restored().damaged, kept.bytes_used());
    sessions all{kept};
    if (what == "fill")
        fill(all, now, count, argv[4]);
    else
        std::printf("valid %zu\n", valid(all, now, argv[4]));
    return 0;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "bench_tokens: %s\n", e.what());
    return 1;
}
