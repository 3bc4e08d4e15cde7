#include "ldap/run_queue.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace tokend::plugin::ldap {

run_queue::run_queue() : file_{::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)} {}

run_queue::~run_queue()
{
    if (file_ >= 0)
        ::close(file_);
}

// Time on a core, time waiting for one, both in nanoseconds, and the number of turns.
std::chrono::nanoseconds run_queue::waited() const
{
    char text[96] = "";
    long long on_core = 0;
    long long waited = 0;
    if (file_ < 0 || ::pread(file_, text, sizeof text - 1, 0) <= 0 ||
        std::sscanf(text, "%lld %lld", &on_core, &waited) != 2)
        return {};
    return std::chrono::nanoseconds{waited};
}

}  // namespace tokend::plugin::ldap
