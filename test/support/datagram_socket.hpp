#pragma once

#include "support/process.hpp"

#include <filesystem>
#include <string>

namespace tokend::test {

// A datagram socket on which a service manager or a journal would receive.
class datagram_socket
{
public:
    explicit datagram_socket(std::string path);  // '@' begins the name of an abstract one
    ~datagram_socket();
    datagram_socket(datagram_socket const&) = delete;

    std::string const& path() const noexcept { return path_; }
    // Returns the next datagram, or the contents of the sealed file that it carries; empty if none has arrived.
    std::string receive() const;

private:
    std::string path_;
    descriptor socket_;
};

}  // namespace tokend::test
