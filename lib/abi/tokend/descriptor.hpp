#pragma once

#include <unistd.h>

namespace tokend::plugin {

// Owns a file descriptor and closes it on destruction. False if it holds none.
class descriptor
{
public:
    explicit descriptor(int fd) noexcept : fd_{fd} {}
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;
    ~descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }

    explicit operator bool() const noexcept { return fd_ >= 0; }
    int get() const noexcept { return fd_; }

private:
    int fd_;
};

}  // namespace tokend::plugin
