#pragma once

#include "ldap/task.hpp"

#include <memory>
#include <utility>

namespace tokend::plugin::ldap {

// Calls `bark` at `until`, unless it is destroyed first. Loop thread only.
class watchdog
{
public:
    template <class Bark>
    watchdog(executor const& on, time_point until, Bark bark) : timer_{on, until}
    {
        // The destructor cannot cancel a timer that has expired already: hence the flag.
        timer_.async_wait([is_awake = std::weak_ptr{awake_}, bark = std::move(bark)](boost::system::error_code error) {
            if (!error && !is_awake.expired())
                bark();
        });
    }
    watchdog(watchdog const&) = delete;

private:
    std::shared_ptr<bool> awake_ = std::make_shared<bool>(true);
    timer timer_;
};

}  // namespace tokend::plugin::ldap
