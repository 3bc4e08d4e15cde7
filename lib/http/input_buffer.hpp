#pragma once

#include <string.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace tokend {

// What came in and is not used up. Data stand still until begin_message().
class input_buffer
{
public:
    // A message of `size` bytes that must not move fits, wherever it begins.
    explicit input_buffer(std::size_t size) : size_{size + slack}, bytes_{std::make_unique_for_overwrite<char[]>(size_)}
    {}
    ~input_buffer() { consume(end_ - begin_); }

    std::string_view data() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }
    // Used up, secrets and all.
    void consume(std::size_t n) noexcept
    {
        ::explicit_bzero(bytes_.get() + begin_, n);
        begin_ += n;
        if (begin_ == end_)
            begin_ = end_ = 0;
    }
    // Used up, but for the first `keep` bytes, which stay where they are; what is behind the gap moves up.
    void consume_behind(std::size_t keep, std::size_t n) noexcept
    {
        auto* const gap = bytes_.get() + begin_ + keep;
        auto const rest = end_ - begin_ - keep - n;
        std::memmove(gap, gap + n, rest);
        ::explicit_bzero(gap + rest, n);
        end_ -= n;
    }
    // Pipelined messages are moved to the front now and then, not each.
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
    void commit(std::size_t n) noexcept { end_ += n; }

private:
    static constexpr std::size_t slack = 8 * 1024;

    std::size_t size_;
    std::unique_ptr<char[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace tokend
