#pragma once

#include "base/task.hpp"
#include "credential/backend.hpp"
#include "token/session_owner.hpp"
#include "upkeep/live_tokens.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <deque>
#include <memory>
#include <span>
#include <thread>

namespace tokend {

// Has all users of a backend who have live tokens checked again when the backend's source has changed, and once after a start that
// restored tokens: the file of a backend that reads one may have changed while tokend was down. A directory on the network is not
// asked about all users at a start; restored tokens have no time of a check, so that the first use of each checks its user.
//
// On a thread and a loop of its own, because a walk over all principals takes locks and time. It sleeps while there is nothing to
// do. So many users are asked about at once as fill half of the backend's bound for checks; where the bound is full they wait.
class source_watch
{
public:
    // Watches those of the backends that can check a user again. REQUIRES: `live` and the backends outlive this object.
    source_watch(live_tokens const& live, std::span<std::shared_ptr<backend> const> backends);
    ~source_watch();  // stops
    source_watch(source_watch const&) = delete;

    void start(bool tokens_were_restored);
    // No check begins or goes on.
    void stop();

private:
    struct watched;

    void run();
    void check_all_soon(watched& w);
    task<void> check_all(watched& w);
    task<void> check_everybody(watched& w);
    void begin_check(watched& w, session_owner owner);
    task<void> check(watched& w, session_owner owner);

    live_tokens const& live_;
    asio::io_context loop_{1};
    asio::executor_work_guard<executor> keep_running_{loop_.get_executor()};
    std::deque<watched> watched_;  // used on the loop alone
    std::thread thread_;
};

}  // namespace tokend
