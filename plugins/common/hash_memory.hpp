#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace tokend::plugin {

// The memory that hashes may use at once. Whoever wants more than is left waits. Thread-safe.
class hash_memory
{
public:
    // What one hash uses, from take() to its destruction.
    class share
    {
    public:
        share(share&& other) noexcept : of_{other.of_}, bytes_{std::exchange(other.bytes_, 0)} {}
        share& operator=(share&&) = delete;
        ~share()
        {
            if (bytes_ != 0)
                of_.give_back(bytes_);
        }

    private:
        friend class hash_memory;
        share(hash_memory& of, std::uint64_t bytes) noexcept : of_{of}, bytes_{bytes} {}

        hash_memory& of_;
        std::uint64_t bytes_;
    };

    explicit hash_memory(std::uint64_t bytes) noexcept : all_{bytes}, left_{bytes} {}

    // A hash that needs more than there is takes all of it, and so is computed alone.
    [[nodiscard]] share take(std::uint64_t bytes)
    {
        auto const wanted = std::min(bytes, all_);
        std::unique_lock lock{mutex_};
        freed_.wait(lock, [&] { return left_ >= wanted; });
        left_ -= wanted;
        return {*this, wanted};
    }

private:
    void give_back(std::uint64_t bytes)
    {
        {
            std::lock_guard const lock{mutex_};
            left_ += bytes;
        }
        freed_.notify_all();
    }

    std::uint64_t const all_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::uint64_t left_;  // guarded by mutex_
};

}  // namespace tokend::plugin
