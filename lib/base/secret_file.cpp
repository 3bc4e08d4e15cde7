#include "base/secret_file.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace tokend {
namespace {

class open_file
{
public:
    explicit open_file(std::string const& path)
        : fd_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)}  // so that a FIFO does not block
    {}
    ~open_file()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    open_file(open_file const&) = delete;

    bool is_open() const noexcept { return fd_ >= 0; }

    // Reads up to `size` bytes. Returns their number, or -1 and sets errno.
    ssize_t read(char* to, std::size_t size) const noexcept
    {
        std::size_t count = 0;
        while (count < size)
        {
            auto const more = ::read(fd_, to + count, size - count);
            if (more < 0 && errno == EINTR)
                continue;
            if (more < 0)
                return -1;
            if (more == 0)
                break;
            count += static_cast<std::size_t>(more);
        }
        return static_cast<ssize_t>(count);
    }

private:
    int fd_;
};

struct wiped_buffer
{
    explicit wiped_buffer(std::size_t size) : bytes(size, '\0') {}
    ~wiped_buffer() { wipe(bytes); }
    std::string bytes;
};

}  // namespace

secret read_secret_file(std::string const& path, std::size_t max_bytes)
{
    open_file const file{path};
    if (!file.is_open())
        throw std::system_error{errno, std::generic_category(), path};
    wiped_buffer buffer{max_bytes + 1};
    auto const count = file.read(buffer.bytes.data(), buffer.bytes.size());
    if (count < 0)
        throw std::system_error{errno, std::generic_category(), path};
    std::string_view text{buffer.bytes.data(), static_cast<std::size_t>(count)};
    if (text.size() > max_bytes)
        throw std::length_error{path};
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    return secret{text};
}

}  // namespace tokend
