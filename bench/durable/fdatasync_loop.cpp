// bench_fdatasync FILE SECONDS: overwrites a page of a file and synchronizes it, repeatedly. Prints the rate a second,
// and p99.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv)
{
    using steady = std::chrono::steady_clock;
    if (argc != 3)
        return 64;
    auto const fd = ::open(argv[1], O_RDWR | O_CREAT, 0600);
    std::array<char, 4096> page{};
    for (int i = 0; i < 256; ++i)
        if (::pwrite(fd, page.data(), page.size(), i * 4096) != 4096)
            return 1;
    ::fsync(fd);
    std::vector<double> times;
    auto const begun = steady::now();
    auto const end = begun + std::chrono::seconds{std::atoi(argv[2])};
    for (auto before = begun; before < end;)
    {
        page[0] = static_cast<char>(times.size());
        if (::pwrite(fd, page.data(), page.size(), static_cast<off_t>(times.size() % 256) * 4096) != 4096 ||
            ::fdatasync(fd) != 0)
            return 1;
        auto const after = steady::now();
        times.push_back(std::chrono::duration<double, std::milli>(after - before).count());
        before = after;
    }
    std::sort(times.begin(), times.end());
    std::printf("%.0f %.2f\n", static_cast<double>(times.size()) / std::atoi(argv[2]), times[times.size() * 99 / 100]);
}
