#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace tokend {

// Destroys shared objects on a thread of its own, for types whose destructor may block. Their last owner may be a
// thread that must not wait, such as a worker. Thread-safe.
class reaper
{
public:
    reaper();
    ~reaper();  // waits until all that was left to the thread is destroyed
    reaper(reaper const&) = delete;

    // REQUIRES: all owners let go of the object before this reaper ends.
    template <class T>
    std::shared_ptr<T> share(std::unique_ptr<T> object)
    {
        auto const shared = object.get();
        auto holder = std::make_unique<holding<T>>(std::move(object));
        return {shared, [this, left = holder.release()](T*) noexcept { take(std::unique_ptr<unused>{left}); }};
    }

private:
    // Is made with its object, so that the last owner needs no memory.
    struct unused
    {
        virtual ~unused() = default;
        std::unique_ptr<unused> next;
    };
    template <class T>
    struct holding final : unused
    {
        explicit holding(std::unique_ptr<T> o) : object{std::move(o)} {}
        std::unique_ptr<T> object;
    };

    void take(std::unique_ptr<unused> u) noexcept;
    void run();

    std::mutex mutex_;  // guards the next three
    std::condition_variable changed_;
    std::unique_ptr<unused> left_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tokend
