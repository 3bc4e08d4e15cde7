#pragma once

#include "base/task.hpp"
#include "credential/backend.hpp"
#include "token/session_owner.hpp"
#include "upkeep/configured_sources.hpp"
#include "upkeep/live_tokens.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <memory>
#include <span>
#include <thread>
#include <vector>

namespace tokend {

// Asks a backend again about all users with live tokens when the backend's source has changed, and once after a start
// that restored tokens, because the backend's file may have changed while tokend was down. A directory on the network
// is not asked about all users at a start: restored tokens have no time of a check, so the first use of each checks its
// user.
//
// Has a thread and a loop of its own, because a walk over all principals takes locks and time. The thread sleeps while
// there is nothing to do. Checks fill at most half of the backend's bound for checks, and wait where the bound is full.
class source_watch
{
public:
    explicit source_watch(live_tokens const& live);  // REQUIRES: `live` outlives this object
    ~source_watch();                                 // stops
    source_watch(source_watch const&) = delete;

    void start();
    // Watches those of these backends that can check a user again, and no others from now on. Checks under way at other
    // backends end without effect. check_all: asks the backends that hold a source about all users, because the source
    // may have changed while nobody watched it. Thread-safe.
    void watch(std::span<std::shared_ptr<backend> const> backends, bool check_all);
    // Releases the tokens whose organisation or backend is not among these. Thread-safe.
    void release_all_but(configured_sources sources);
    // Ends all checks. No check begins afterwards.
    void stop();

private:
    struct watched;

    void run();
    void replace(std::vector<std::shared_ptr<watched>> next, bool check_all);
    void check_all_soon(std::shared_ptr<watched> w);
    task<void> check_all(std::shared_ptr<watched> w);
    task<void> check_everybody(std::shared_ptr<watched> w);
    void begin_check(std::shared_ptr<watched> w, session_owner owner);
    task<void> check(std::shared_ptr<watched> w, session_owner owner);

    live_tokens const& live_;
    asio::io_context loop_{1};
    asio::executor_work_guard<executor> keep_running_{loop_.get_executor()};
    std::vector<std::shared_ptr<watched>> watched_;  // loop thread only
    std::thread thread_;
};

}  // namespace tokend
