#pragma once

#include "web/input_buffer.hpp"
#include "web/message_parser.hpp"
#include "web/options.hpp"
#include "web/text_buffer.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace tokend {

// What a connection needs while there is something of a request, and does without while it is idle.
struct desk
{
    // Room for a message that must not move, and some that are pipelined behind it.
    explicit desk(message_limits const& limits)
        : in{limits.header_bytes + limits.chunk_line_bytes + limits.trailer_bytes + 1024}, store{limits}
    {}
    input_buffer in;
    message_store store;
    text_buffer out;      // answers that are not sent yet
    text_buffer headers;  // of one answer, while it is put together
};

// The desks of a worker: few are in use at once, and the last one given back, whose bytes are in the cache, is lent first. One
// thread's own.
class desk_pool
{
public:
    explicit desk_pool(message_limits const& limits) : limits_{limits} { free_.reserve(most_free); }

    std::unique_ptr<desk> borrow()
    {
        if (free_.empty())
            return std::make_unique<desk>(limits_);
        auto d = std::move(free_.back());
        free_.pop_back();
        return d;
    }
    // REQUIRES: nothing of a message is left on it.
    void give_back(std::unique_ptr<desk> d) noexcept
    {
        if (free_.size() < most_free)
            free_.push_back(std::move(d));
    }

private:
    static constexpr std::size_t most_free = 64;

    message_limits const limits_;
    std::vector<std::unique_ptr<desk>> free_;
};

}  // namespace tokend
