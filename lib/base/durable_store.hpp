#pragma once

#include <boost/intrusive/slist.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace tokend {

// What a change of tokens survives.
enum class durability
{
    written,  // the end of the process
    on_disk   // a power cut
};

// Waits until a change is durable. Belongs to the store while it waits, and to the object that notify() hands it to.
class commit_waiter : public boost::intrusive::slist_base_hook<>
{
public:
    virtual ~commit_waiter() = default;

    // Called exactly once, on any thread. `self` owns this object. `done` is false if the change may be lost.
    virtual void notify(std::unique_ptr<commit_waiter> self, bool done) noexcept = 0;

    // The notes of the queue that holds this waiter; nobody else uses them.
    struct queue_notes
    {
        std::uint64_t unit = 0;
        std::chrono::steady_clock::time_point since{};
    } notes;
};

// A waiter that calls `call(done)` once.
template <class Call>
std::unique_ptr<commit_waiter> when_done(Call call)
{
    struct calling final : commit_waiter
    {
        explicit calling(Call c) : call{std::move(c)} {}
        void notify(std::unique_ptr<commit_waiter>, bool done) noexcept override { call(done); }
        Call call;
    };
    return std::make_unique<calling>(std::move(call));
}

// Where changes of tokens become durable, as those see it who answer clients. Thread-safe.
class durable_store
{
public:
    // Returns false if new tokens are refused, because they cannot be made durable now.
    virtual bool takes_issues() const noexcept = 0;

    // Notifies `waiter` with true once everything that happened before this call is durable, or with false if that is
    // impossible now. The notification comes on another thread, or before this call returns.
    virtual void wait(durability how, std::unique_ptr<commit_waiter> waiter) = 0;

protected:
    ~durable_store() = default;
};

}  // namespace tokend
