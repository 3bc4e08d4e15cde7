// bench_tokens fill FILE COUNT TOKENS       makes a tokens file of COUNT live tokens of 100,000 principals, and writes
//                                           the tokens to TOKENS
// bench_tokens check FILE COUNT TOKENS      opens it, and looks up every token
// bench_tokens disk FILE COUNT PRINCIPALS   issues COUNT tokens of PRINCIPALS principals, and prints the disk space of
//                                           the file with all of them live, the most in between, and after their expiry
// Prints seconds, and the bytes of the table's memory.
#include "base/log.hpp"
#include "table/sweeper.hpp"
#include "table/table.hpp"
#include "tablefile/tokens_file.hpp"
#include "token/session_owner.hpp"
#include "token/sessions.hpp"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <future>
#include <string>
#include <thread>

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

// Waits until everything done so far is in the file, as a login does before it is answered.
void await(tokens_file& file, durability how)
{
    std::promise<bool> told;
    file.wait(how, when_done([&](bool done) { told.set_value(done); }));
    if (!told.get_future().get())
        throw std::runtime_error{"the file cannot be written"};
}

void issue(sessions& into, tokens_file& file, tokend::clock const& now, std::size_t count, std::size_t principals,
           std::chrono::seconds life, std::ostream* out)
{
    entropy random;
    lifetime_rules const rules{.lifetime = life};
    for (std::size_t i = 0; i < count; ++i)
    {
        auto const made = into.issue(person(i % principals), rules, now.now(), random);
        if (!made)
            throw std::runtime_error{std::string(made.error().reason)};
        if (out != nullptr)
            *out << made->token.reveal() << '\n';
        if (i % 1000 == 0)
            await(file, durability::written);
    }
    await(file, durability::on_disk);
}

// Returns the bytes on the disk of a file and of the new file that is written beside it.
std::uint64_t disk_bytes(std::string const& path)
{
    std::uint64_t sum = 0;
    struct stat seen
    {};
    for (auto const& name : {path, path + ".new"})
        if (::stat(name.c_str(), &seen) == 0)
            sum += static_cast<std::uint64_t>(seen.st_blocks) * 512;
    return sum;
}

// The file shrinks when its keeper finds most of it expired.
void measure_disk(table& kept, tokens_file& file, tokend::clock const& now, std::string const& path, std::size_t count,
                  std::size_t principals)
{
    constexpr std::chrono::seconds life{40};
    sessions into{kept};
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> most{0};
    std::jthread looking{[&] {
        while (!done)
        {
            most = std::max(most.load(), disk_bytes(path));
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
    }};
    issue(into, file, now, count, principals, life, nullptr);
    std::this_thread::sleep_for(std::chrono::seconds{2});  // for a snapshot that has begun
    std::printf("live %zu, disk %llu\n", kept.size(), static_cast<unsigned long long>(disk_bytes(path)));
    sweeper const sweeping{kept, now};
    std::this_thread::sleep_for(life + std::chrono::seconds{12});
    done = true;
    looking.join();
    std::printf("most %llu\nexpired, live %zu, disk %llu\n", static_cast<unsigned long long>(most.load()), kept.size(),
                static_cast<unsigned long long>(disk_bytes(path)));
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
    {
        std::ofstream out{argv[4]};
        issue(all, file, now, count, 100'000, std::chrono::hours{100}, &out);
    }
    else if (what == "disk")
        measure_disk(kept, file, now, argv[2], count, std::strtoul(argv[4], nullptr, 10));
    else
        std::printf("valid %zu\n", valid(all, now, argv[4]));
    return 0;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "bench_tokens: %s\n", e.what());
    return 1;
}
