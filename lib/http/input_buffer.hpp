#pragma once

#include <string.h>

#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace tokend {

// Input that is not consumed yet. Data do not move before begin_message().
class input_buffer
{
public:
    // Has room for a message of `size` bytes that must not move, wherever it starts.
    explicit input_buffer(std::size_t size) : size_{size + slack}, bytes_{std::make_unique_for_overwrite<char[]>(size_)}
    {}
    ~input_buffer() { consume(end_ - begin_); }

    std::string_view data() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }
    // Removes `n` bytes from the front and wipes them. REQUIRES: they are there.
    void consume(std::size_t n) noexcept
    {
        assert(n <= end_ - begin_);
        ::explicit_bzero(bytes_.get() + begin_, n);
        begin_ += n;
        if (begin_ == end_)
            begin_ = end_ = 0;
    }
    // Removes `n` bytes after the first `keep` bytes, which do not move. The bytes after the gap move up.
    // REQUIRES: they are there.
    void consume_behind(std::size_t keep, std::size_t n) noexcept
    {
        assert(keep <= end_ - begin_ && n <= end_ - begin_ - keep);
        auto* const gap = bytes_.get() + begin_ + keep;
        auto const rest = end_ - begin_ - keep - n;
        std::memmove(gap, gap + n, rest);
        ::explicit_bzero(gap + rest, n);
        end_ -= n;
    }
    // Moves the data to the front of the buffer if little room is left. Not every pipelined message is moved.
    void begin_message() noexcept
    {
        if (begin_ <= slack)
            return;
        auto const before = end_;
        std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        ::explicit_bzero(bytes_.get() + end_, before - end_);
    }
    std::span<char> room() noexcept { return {bytes_.get() + end_, size_ - end_}; }
    // Adds the first `n` bytes of room() to the data.
    void commit(std::size_t n) noexcept
    {
        assert(n <= size_ - end_);
        end_ += n;
    }

private:
    static constexpr std::size_t slack = 8 * 1024;

    std::size_t size_;
    std::unique_ptr<char[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace tokend
