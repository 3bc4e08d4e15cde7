#include "app/plugin_check/child.hpp"

#include "app/plugin_check/rules.hpp"

#include "tokend/descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>

namespace tokend {
namespace {

using plugin::descriptor;

// Shared with the parent. The pointers are to literals, which the parent has at the same place.
struct progress
{
    std::atomic<plugin_function const*> function{nullptr};
    std::atomic<int> crash{0};                          // the signal, also if a sanitizer makes an exit of it
    std::atomic<char const*> broken_by_crash{nullptr};  // the rule
};
progress* now = nullptr;
int report_to = -1;
std::mutex reporting;  // never released: the process ends

struct forbidden
{
    std::atomic<char const*> begin{nullptr};
    char const* end = nullptr;
    char const* rule = nullptr;
};
std::array<forbidden, 16384> blocks;
std::atomic<std::size_t> block_count{0};
struct sigaction usual_action;

// Leaves the crash to the action before, for instance a sanitizer's.
void note_crash(int number, siginfo_t* info, void*)
{
    auto const* const at = static_cast<char const*>(info->si_addr);
    for (std::size_t i = 0; i < std::min(block_count.load(), blocks.size()); ++i)
        if (auto const* const begin = blocks[i].begin.load(); begin != nullptr && begin <= at && at < blocks[i].end)
            now->broken_by_crash = blocks[i].rule;
    now->crash = number;
    ::sigaction(number, &usual_action, nullptr);
    if (info->si_code <= 0)
        ::raise(number);  // it was sent; a fault happens again by itself
}

void watch_crashes()
{
    struct sigaction action
    {};
    action.sa_sigaction = note_crash;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGSEGV, &action, &usual_action);
}

void write_all(std::string_view text)
{
    while (!text.empty())
    {
        auto const count = ::write(report_to, text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

void report(finding::kind what, std::string_view text, std::string_view rule)
{
    reporting.lock();
    write_all(std::string{static_cast<char>('0' + static_cast<int>(what))}.append(text) + '\0' + std::string{rule});
}

finding parse(std::string const& reported)
{
    auto const end = reported.find('\0');
    return {static_cast<finding::kind>(reported.front() - '0'), reported.substr(1, end - 1), reported.substr(end + 1)};
}

// The rest of the child's life. Its end runs what a sanitizer does at the end of a process.
[[noreturn]] void live(std::function<std::string()> const& check)
{
    watch_crashes();
    try
    {
        report(finding::kind::ok, check(), {});
    }
    catch (std::exception const& e)
    {
        fail(e.what(), {});
    }
    std::exit(EXIT_SUCCESS);
}

// Reads until the child closes its end. Returns false if the time is up.
bool read_all(int from, std::string& text, std::chrono::steady_clock::time_point until)
{
    for (;;)
    {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd source{from, POLLIN, 0};
        if (left.count() <= 0 || ::poll(&source, 1, static_cast<int>(left.count())) == 0)
            return false;
        std::array<char, 4096> block{};
        auto const count = ::read(from, block.data(), block.size());
        if (count == 0)
            return true;
        if (count > 0)
            text.append(block.data(), static_cast<std::size_t>(count));
    }
}

std::string in_function()
{
    auto const* const function = now->function.load();
    return function == nullptr ? std::string{} : std::string{" in "} + function->name;
}

finding judge_end(int status, bool in_time, std::string const& reported, std::chrono::milliseconds limit)
{
    if (!reported.empty() && reported.front() == '0' + static_cast<int>(finding::kind::broken))
        return parse(reported);
    auto const* const function = now->function.load();
    auto const time = std::to_string(limit.count()) + " ms";
    if (!in_time && function != nullptr)
        return {finding::kind::broken, function->name + std::string{" did not return within "} + time,
                std::string{function->hang}};
    if (!in_time)
        return {finding::kind::broken, "did not end within " + time + ": a thread or a destructor hangs", {}};
    if (now->broken_by_crash.load() != nullptr)
        return {finding::kind::broken, "used memory of the host's that it no longer may use" + in_function(),
                now->broken_by_crash.load()};
    if (int const number = WIFSIGNALED(status) ? WTERMSIG(status) : now->crash.load(); number != 0)
        return {finding::kind::broken,
                "crashed" + in_function() + ": " + ::strsignal(number) + " (signal " + std::to_string(number) + ')',
                std::string{number == SIGABRT ? rule::no_throw : std::string_view{}}};
    if (reported.empty() || WEXITSTATUS(status) != 0)
        return {finding::kind::broken,
                "ended the process" + in_function() + " with status " + std::to_string(WEXITSTATUS(status)) +
                    "; what was written before says why",
                {}};
    return parse(reported);
}

}  // namespace

finding run_in_child(std::function<std::string()> const& check, std::chrono::milliseconds limit)
{
    void* const shared = ::mmap(nullptr, sizeof(progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    std::array<int, 2> ends{};
    if (shared == MAP_FAILED || ::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error{errno, std::generic_category(), "a child process"};
    now = new (shared) progress;
    descriptor const from{ends[0]};
    auto const child = ::fork();
    if (child == 0)
    {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        report_to = ends[1];
        live(check);
    }
    ::close(ends[1]);
    if (child < 0)
        throw std::system_error{errno, std::generic_category(), "fork"};
    std::string reported;
    bool const in_time = read_all(from.get(), reported, std::chrono::steady_clock::now() + limit);
    if (!in_time)
        ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    auto found = judge_end(status, in_time, reported, limit);
    ::munmap(shared, sizeof(progress));
    return found;
}

void fail(std::string const& what, std::string_view rule)
{
    report(finding::kind::broken, what, rule);
    ::_exit(EXIT_FAILURE);
}

void skip(std::string const& why)
{
    report(finding::kind::skipped, why, {});
    std::exit(EXIT_SUCCESS);
}

calling::calling(plugin_function const& function) noexcept : before_{now->function.exchange(&function)} {}
calling::~calling() { now->function = before_; }

bool forbid(void const* begin, std::size_t size, std::string_view rule) noexcept
{
    auto const at = block_count.fetch_add(1);
    if (at >= blocks.size())
        return false;
    blocks[at].end = static_cast<char const*>(begin) + size;
    blocks[at].rule = rule.data();
    blocks[at].begin = static_cast<char const*>(begin);
    return true;
}

}  // namespace tokend
