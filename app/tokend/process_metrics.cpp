#include "app/tokend/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace tokend {
namespace {

std::string text_of(char const* file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// The numbers of /proc/self/stat behind the name of the process; see proc(5). The first is field 4.
std::vector<std::int64_t> stat_numbers()
{
    auto const text = text_of("/proc/self/stat");
    std::vector<std::int64_t> numbers;
    auto const name_end = text.rfind(')');
    if (name_end == text.npos || name_end + 4 > text.size())
        return numbers;
    std::istringstream rest{text.substr(name_end + 4)};
    for (std::int64_t n = 0; rest >> n;)
        numbers.push_back(n);
    return numbers;
}

// When the system was started, in Unix seconds.
double boot_seconds()
{
    auto const text = text_of("/proc/stat");
    auto const at = text.find("\nbtime ");
    return at == text.npos ? 0 : std::stod(text.substr(at + 7));
}

void append_stat(metrics_text& to)
{
    constexpr std::size_t first = 4;
    auto const numbers = stat_numbers();
    auto const ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    auto const field = [&](std::size_t n) { return static_cast<double>(numbers[n - first]); };
    if (numbers.size() < 24 - first + 1)
        return;
    to.counter("process_cpu_seconds", "User and system processor time.");
    to.sample({}, (field(14) + field(15)) / ticks);
    to.gauge("process_resident_memory_bytes", "Memory that is in use.");
    to.sample({}, field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
    to.gauge("process_virtual_memory_bytes", "Address space that is in use.");
    to.sample({}, field(23));
    to.gauge("process_threads", "Threads.");
    to.sample({}, field(20));
    if (auto const boot = boot_seconds(); boot > 0)
    {
        to.gauge("process_start_time_seconds", "When the process was started, in Unix seconds.");
        to.sample({}, boot + field(22) / ticks);
    }
}

void append_descriptors(metrics_text& to)
{
    std::error_code failed;
    std::filesystem::directory_iterator const open{"/proc/self/fd", failed};
    if (!failed)
    {
        to.gauge("process_open_fds", "Open file descriptors.");
        to.sample({}, static_cast<std::uint64_t>(std::distance(begin(open), end(open))));
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    {
        to.gauge("process_max_fds", "The limit on open file descriptors.");
        to.sample({}, static_cast<std::uint64_t>(limit.rlim_cur));
    }
}

}  // namespace

void append_process_metrics(metrics_text& to)
{
    to.gauge("tokend_build_info", "1; the labels are those of this build.");
    to.sample({{"version", TOKEND_VERSION}}, std::uint64_t{1});
    append_stat(to);
    append_descriptors(to);
}

}  // namespace tokend
