#pragma once

#include <string.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace tokend {

// Text that grows at its end. Unlike std::string's, appending is inline: a piece of known length is a move or two.
// Its room is kept until it goes, and is wiped then.
class text_buffer
{
public:
    text_buffer() = default;
    explicit text_buffer(std::size_t room) { reserve(room); }
    text_buffer(text_buffer const&) = delete;
    ~text_buffer()
    {
        size_ = room_;
        wipe();
    }

    std::string_view view() const noexcept { return {bytes_.get(), size_}; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

    void clear() noexcept { size_ = 0; }
    // Bytes up to there stay.
    void cut(std::size_t size) noexcept { size_ = std::min(size, size_); }
    void wipe() noexcept
    {
        if (bytes_)
            ::explicit_bzero(bytes_.get(), size_);
        clear();
    }

    text_buffer& append(std::string_view s)
    {
        if (!s.empty())
            std::memcpy(more(s.size()), s.data(), s.size());
        return *this;
    }
    text_buffer& append(char c)
    {
        *more(1) = c;
        return *this;
    }
    text_buffer& append_number(std::integral auto n)
    {
        std::array<char, 24> digits;
        auto const* const end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
        return append({digits.data(), static_cast<std::size_t>(end - digits.data())});
    }

private:
    // Where as many bytes are to be written, which are counted already.
    char* more(std::size_t bytes)
    {
        if (room_ - size_ < bytes) [[unlikely]]
            reserve(std::max(2 * room_, size_ + bytes));
        auto* const at = bytes_.get() + size_;
        size_ += bytes;
        return at;
    }
    [[gnu::noinline]] void reserve(std::size_t room)
    {
        auto larger = std::make_unique_for_overwrite<char[]>(room);
        std::copy_n(bytes_.get(), size_, larger.get());
        auto const size = std::exchange(size_, room_);
        wipe();
        bytes_ = std::move(larger);
        room_ = room;
        size_ = size;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t room_ = 0;
    std::size_t size_ = 0;
};

}  // namespace tokend
