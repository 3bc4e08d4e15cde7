#pragma once

#include "base/task.hpp"
#include "web/input_buffer.hpp"
#include "web/options.hpp"
#include "web/worker.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <string.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace tokend {

// The bytes of one connection: what came in, what waits to go out, and waits that end. On the worker's thread. A template over the
// stream so that TLS is its second instantiation; of the stream it needs read some, write all, cancel and shutdown.
template <class Stream>
class connection : public session_handle
{
public:
    enum class wait_for
    {
        request,  // idle: a drained worker ends it, and nothing is said
        headers,
        body  // the headers in front of it stay where they are
    };
    enum class filled
    {
        data,
        end,      // the client sends nothing any more
        timeout,  // or the worker is drained
        gone      // the client does not take its answers
    };

    // REQUIRES: `stream` and `home` outlive this object.
    connection(Stream& stream, worker& home, http_options const& options)
        : in{options.limits.header_bytes + options.limits.chunk_line_bytes + options.limits.trailer_bytes + 1024},
          stream_{stream},
          home_{home},
          write_timeout_{options.write_timeout},
          linger_timeout_{options.linger_timeout}
    {
        home_.attach(*this);
    }
    ~connection() { home_.detach(*this); }

    input_buffer in;
    std::string out;  // answers that are not sent yet

    // Reads some more, after everything that is to be said is said.
    task<filled> fill(wait_for what, std::chrono::steady_clock::time_point until)
    {
        bool const sent = co_await flush();
        if (!sent)
            co_return filled::gone;
        if (what != wait_for::body)
            in.make_room();
        if (what == wait_for::request && home_.draining())
            co_return filled::timeout;
        timed_out_ = false;
        idle_ = what == wait_for::request;
        deadline = until;
        auto const room = in.room();
        auto const [ec, n] = co_await stream_.async_read_some(room, as_result);
        deadline = never;
        idle_ = false;
        if (ec)
            co_return timed_out_ ? filled::timeout : filled::end;
        in.commit(n);
        home_.read_clock();
        co_return filled::data;
    }

    // Writes all that waits. False: the client does not take it, or is gone.
    task<bool> flush()
    {
        if (out.empty())
            co_return true;
        deadline = std::chrono::steady_clock::now() + write_timeout_;
        auto const everything = boost::asio::buffer(out);
        auto const [ec, n] = co_await boost::asio::async_write(stream_, everything, as_result);
        deadline = never;
        ::explicit_bzero(out.data(), out.size());
        out.clear();
        co_return !ec;
    }

    // Ends what is said, and reads what the client is still sending, for a moment, so that it sees the answer and no reset.
    task<void> linger()
    {
        boost::system::error_code ignored;
        stream_.shutdown(Stream::shutdown_send, ignored);
        deadline = std::chrono::steady_clock::now() + linger_timeout_;
        timed_out_ = false;
        std::size_t left = linger_bytes;
        in.consume(in.data().size());
        while (!timed_out_ && left > 0)
        {
            auto const room = in.room();
            auto const [ec, n] = co_await stream_.async_read_some(room, as_result);
            if (ec)
                break;
            left -= std::min(left, n);
        }
    }

    void out_of_time() override
    {
        timed_out_ = true;
        boost::system::error_code ignored;
        stream_.cancel(ignored);
    }
    void drain() override
    {
        if (idle_)
            out_of_time();
    }

private:
    static constexpr auto never = std::chrono::steady_clock::time_point::max();
    static constexpr std::size_t linger_bytes = 1024 * 1024;

    Stream& stream_;
    worker& home_;
    std::chrono::milliseconds const write_timeout_;
    std::chrono::milliseconds const linger_timeout_;
    bool idle_ = false;       // waits for a request's first byte
    bool timed_out_ = false;  // the worker has ended the current wait
};

}  // namespace tokend
