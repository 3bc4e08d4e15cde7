#pragma once

#include <chrono>

namespace tokend::plugin::ldap {

// How long the thread that made this object has waited for a core: proc(5), schedstat. To be asked by that thread.
class run_queue
{
public:
    run_queue();
    ~run_queue();
    run_queue(run_queue const&) = delete;

    std::chrono::nanoseconds waited() const;  // in all; 0 where the kernel does not tell

private:
    int file_;
};

}  // namespace tokend::plugin::ldap
