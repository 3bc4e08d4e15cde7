#include "app/plugin_check/checks.hpp"
#include "app/plugin_check/child.hpp"
#include "app/plugin_check/rules.hpp"
#include "app/plugin_check/trial.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <thread>

// The life of an instance.
namespace tokend {
namespace {

void ask_each_kind(trial& one)
{
    for (auto const kind : kinds_of(one.library()))
        one.ask(nobody(kind));
}

std::size_t count_of(char const* folder)
{
    using entries = std::filesystem::directory_iterator;
    return static_cast<std::size_t>(std::distance(entries{folder}, entries{}));
}

void live_once(plan const& p)
{
    trial one{p};
    one.start();
    ask_each_kind(one);
}

// A thread that was joined may be listed for a moment longer.
void require_no_more(char const* what, char const* folder, std::size_t before)
{
    constexpr std::chrono::seconds patience{2};
    auto const until = std::chrono::steady_clock::now() + patience;
    while (count_of(folder) > before && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    auto const now = count_of(folder);
    if (now > before)
        fail("destroy() leaves " + std::to_string(now - before) + ' ' + what + " of 20 instances behind", rule::host);
}

}  // namespace

std::string check_create(plan const& p)
{
    for (int times = 0; times < 2; ++times)
        trial{p};  // without start(), as tokend --check does
    return std::to_string(p.settings.size()) + (p.settings.size() == 1 ? " option" : " options") + " set";
}

std::string check_start(plan const& p)
{
    trial one{p};
    one.start();
    one.stop();
    return {};
}

std::string check_health(plan const& p)
{
    trial one{p};
    if (one.library().descriptor().health == nullptr)
        skip("it has no health()");
    one.start();
    ask_each_kind(one);  // it may connect at its first question
    auto const now = one.health();
    if (now.returned != 0 && now.returned != 1)
        fail("health() returned " + std::to_string(now.returned), rule::health);
    return now.returned == 1 ? "it can answer" : "it cannot answer: " + now.text;
}

std::string check_reload(plan const& p)
{
    trial one{p};
    if (one.library().descriptor().reload == nullptr)
        skip("it has no reload()");
    one.start();
    auto const now = one.reload();
    if (now.returned != 0)
        fail("reload() of sources that create() has just read returned " + std::to_string(now.returned) + ": " +
                 now.text,
             rule::reload);
    ask_each_kind(one);
    return {};
}

std::string check_old_host(plan const& p)
{
    trial one{p, std::make_unique<recording_host>(offsetof(tokend_host, changed))};
    one.start();
    ask_each_kind(one);
    if (one.library().descriptor().reload != nullptr)
        one.reload();
    return "plugin ABI 1.1";
}

std::string check_instances(plan const& p)
{
    constexpr tokend_ticket far_away = 1'000'000;
    trial first{p, std::make_unique<recording_host>(sizeof(tokend_host), 1, rule::instances)};
    trial second{p, std::make_unique<recording_host>(sizeof(tokend_host), far_away, rule::instances)};
    first.start();
    second.start();
    ask_each_kind(first);
    ask_each_kind(second);
    first.destroy();
    ask_each_kind(second);
    return {};
}

std::string check_leaks(plan const& p)
{
    constexpr int instances = 20;
    for (int i = 0; i < 2; ++i)
        live_once(p);  // libraries make things at their first use, and keep them
    auto const threads = count_of("/proc/self/task");
    auto const descriptors = count_of("/proc/self/fd");
    for (int i = 0; i < instances; ++i)
        live_once(p);
    require_no_more("threads", "/proc/self/task", threads);
    require_no_more("descriptors", "/proc/self/fd", descriptors);
    return std::to_string(instances) + " instances";
}

}  // namespace tokend
