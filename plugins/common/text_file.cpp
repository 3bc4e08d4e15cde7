#include "common/text_file.hpp"

#include "common/file_error.hpp"
#include "tokend/descriptor.hpp"

#include "tokend/protection.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

namespace tokend::plugin {
namespace {

constexpr std::int64_t nanoseconds(timespec const& t) noexcept
{
    return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

file_stamp stamp(struct stat const& s) noexcept
{
    return {s.st_dev, s.st_ino, s.st_size, nanoseconds(s.st_mtim), nanoseconds(s.st_ctim)};
}

[[noreturn]] void fail(std::string const& path, std::string const& what) { throw unreadable_file{path + ": " + what}; }
[[noreturn]] void fail(std::string const& path, int error) { fail(path, std::generic_category().message(error)); }

// File systems count time in ticks of some milliseconds. Waits until the stamp's tick is over, so that a later write
// gets another stamp. Does not wait for a stamp in the future.
void wait_for_next_tick(file_stamp const& of) noexcept
{
    constexpr std::int64_t longest_tick = 20'000'000;
    for (timespec now{}; ::clock_gettime(CLOCK_REALTIME_COARSE, &now) == 0;)
    {
        auto const ahead = of.changed_ns - nanoseconds(now);
        if (ahead < 0 || ahead > longest_tick)
            return;
        timespec const moment{0, 1'000'000};
        ::nanosleep(&moment, nullptr);
    }
}

void read_all(int fd, std::string const& path, std::string& text)
{
    std::array<char, 65536> block;
    for (;;)
    {
        auto const count = ::read(fd, block.data(), block.size());
        if (count < 0 && errno != EINTR)
            fail(path, errno);
        if (count == 0)
            return;
        if (count > 0)
            text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > max_file_bytes)
            fail(path, "over " + std::to_string(max_file_bytes >> 20) + " MiB");
    }
}

struct stat status_of(int fd, std::string const& path)
{
    struct stat s
    {};
    if (::fstat(fd, &s) != 0)
        fail(path, errno);
    return s;
}

// Returns nothing if the file was changed while it was read.
std::optional<text_file> try_to_read(std::string const& path, file_modes allowed)
{
    if (allowed == file_modes::strict)
        if (auto const mistake = loose_mode(path, secrecy::none); !mistake.empty())
            throw unreadable_file{mistake};
    descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a FIFO must not block
    if (!file)
        fail(path, errno);
    auto const before = status_of(file.get(), path);
    if (!S_ISREG(before.st_mode))
        fail(path, "not a regular file");
    // The path may name another file than the one that was judged above.
    if (allowed == file_modes::strict)
        if (auto const mistake = loose_step({path, before}, path, secrecy::none, ::geteuid()); !mistake.empty())
            throw unreadable_file{mistake};
    text_file read{{}, stamp(before)};
    wait_for_next_tick(read.stamp);
    read_all(file.get(), path, read.text);
    return stamp(status_of(file.get(), path)) == read.stamp ? std::optional{std::move(read)} : std::nullopt;
}

}  // namespace

file_stamp stamp_of(std::string const& path) noexcept
{
    struct stat s
    {};
    return ::stat(path.c_str(), &s) == 0 ? stamp(s) : file_stamp{};
}

text_file read_text_file(std::string const& path, file_modes allowed)
{
    constexpr int most_tries = 10;
    for (int i = 0; i < most_tries; ++i)
        if (auto read = try_to_read(path, allowed))
            return std::move(*read);
    fail(path, "was written to whenever it was read");
}

}  // namespace tokend::plugin
