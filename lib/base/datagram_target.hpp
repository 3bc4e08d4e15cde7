#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string_view>

namespace tokend {

// A Unix datagram socket (unix(7)) that sends to one address: a path, or a name in the abstract namespace, which begins
// with '@'. Thread-safe.
class datagram_target
{
public:
    explicit datagram_target(std::string_view to) noexcept;
    ~datagram_target();
    datagram_target(datagram_target const&) = delete;

    // False: the text is no such address, or there is no descriptor.
    bool is_usable() const noexcept { return socket_ >= 0; }
    int native_handle() const noexcept { return socket_; }

    // A message to the address, without contents. Valid as long as this object.
    msghdr message() const noexcept;

private:
    sockaddr_un address_{};
    socklen_t size_ = 0;
    int socket_ = -1;
};

}  // namespace tokend
