#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// Sockets that another process has opened and passed on, each with a name: those of a socket unit, or of the process
// that is replaced. A listener adopts a copy, so that the socket stays open when the listener closes, and can be
// adopted again. Not thread-safe.
class inherited_sockets
{
public:
    struct named_socket
    {
        std::string name;
        int descriptor;
    };

    inherited_sockets() = default;
    explicit inherited_sockets(std::vector<named_socket> sockets) noexcept;  // takes the descriptors
    inherited_sockets(inherited_sockets&& other) noexcept;
    inherited_sockets& operator=(inherited_sockets&& other) noexcept;
    ~inherited_sockets();  // closes them

    // The descriptors of that name, which this object keeps. Several sockets may have one name.
    std::vector<int> of(std::string_view name) const;
    std::vector<std::string> names() const;  // each once
    // Closes the sockets of that name, and forgets them.
    void close(std::string_view name) noexcept;
    void add(inherited_sockets more);

private:
    std::vector<named_socket> sockets_;
};

// Takes the sockets that LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES pass to the process `self`, marks them as
// close-on-exec, and removes the variables; see sd_listen_fds_with_names(3). `first` is the first descriptor. Sockets
// without a name have the name "unknown". Throws std::runtime_error if the variables contradict each other. Call it
// before other threads run.
inherited_sockets take_inherited_sockets(pid_t self, int first = 3);

}  // namespace tokend
