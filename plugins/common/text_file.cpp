#include "common/text_file.hpp"

#include "common/descriptor.hpp"
#include "common/file_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
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

[[noreturn]] void fail(std::string const& path, std::string const& what) { throw file_error{path + ": " + what}; }
[[noreturn]] void fail(std::string const& path, int error) { fail(path, std::generic_category().message(error)); }

}  // namespace

file_stamp stamp_of(std::string const& path) noexcept
{
    struct stat s
    {};
    return ::stat(path.c_str(), &s) == 0 ? stamp(s) : file_stamp{};
}

text_file read_text_file(std::string const& path)
{
    descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a FIFO must not block
    struct stat s
    {};
    if (!file || ::fstat(file.get(), &s) != 0)
        fail(path, errno);
    if (!S_ISREG(s.st_mode))
        fail(path, "not a regular file");
    text_file read{{}, stamp(s)};
    std::array<char, 65536> block;
    for (;;)
    {
        auto const count = ::read(file.get(), block.data(), block.size());
        if (count < 0 && errno != EINTR)
            fail(path, errno);
        if (count == 0)
            return read;
        if (count > 0)
            read.text.append(block.data(), static_cast<std::size_t>(count));
        if (read.text.size() > max_file_bytes)
            fail(path, "over " + std::to_string(max_file_bytes >> 20) + " MiB");
    }
}

}  // namespace tokend::plugin
