#pragma once

#include "base/secret.hpp"
#include "base/text_buffer.hpp"
#include "http/input_buffer.hpp"
#include "http/limits.hpp"
#include "http/message_parser.hpp"

#include <cassert>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {

// The buffers of a connection that is busy. An idle one does without.
struct desk
{
    // Has room for a message that must not move, and for some that are pipelined behind it.
    explicit desk(message_limits const& limits)
        : in{limits.header_bytes + limits.chunk_line_bytes + limits.trailer_bytes + 1024}, store{limits}
    {}
    // Forgets everything, secrets included.
    void clear() noexcept
    {
        if (auto const left = in.data().size(); left > 0)
            in.consume(left);
        out.wipe();
        if (!store.body.empty())
            wipe(store.body);
        parser.reset();
        withheld_from = nothing;
    }
    // The part of `out` that may be sent.
    std::string_view sendable() const noexcept
    {
        return withheld_from == nothing ? out.view() : out.view().substr(0, withheld_from);
    }

    static constexpr std::size_t nothing = std::string_view::npos;

    input_buffer in;
    message_store store;
    std::optional<message_parser> parser;  // from a request's first byte to its response
    text_buffer out;                       // responses that are not sent yet
    text_buffer headers;                   // of one response, while it is put together
    std::size_t withheld_from = nothing;   // where the response begins that waits for the tokens file
};

// The desks of a worker. Few are in use at once, and the pool lends the one first that was given back last, because its
// bytes are in the cache. Not thread-safe.
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
    // REQUIRES: the desk is clear.
    void give_back(std::unique_ptr<desk> d) noexcept
    {
        assert(d->in.data().empty() && d->out.empty());
        if (free_.size() < most_free)
            free_.push_back(std::move(d));
    }

private:
    static constexpr std::size_t most_free = 64;

    message_limits const limits_;
    std::vector<std::unique_ptr<desk>> free_;
};

}  // namespace tokend
