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

// Text that grows at its end. Unlike std::string's, appending is inline: a piece of known length is a move or two, and
// room is looked for once for all pieces.
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
    // Keeps the first `size` bytes and wipes the others.
    void cut(std::size_t size) noexcept
    {
        if (size >= size_)
            return;
        ::explicit_bzero(bytes_.get() + size, size_ - size);
        size_ = size;
    }
    void wipe() noexcept
    {
        if (!empty())
            ::explicit_bzero(bytes_.get(), size_);
        clear();
    }

    // Texts and single characters, one after the other.
    template <class... Pieces>
    text_buffer& append(Pieces const&... pieces)
    {
        auto* at = more((size_of(pieces) + ...));
        ((at = put(at, pieces)), ...);
        return *this;
    }
    text_buffer& append_number(std::integral auto n)
    {
        constexpr std::size_t most = 20;  // characters, of 64 bits
        auto* const at = more(most);
        size_ -= static_cast<std::size_t>(at + most - std::to_chars(at, at + most, n).ptr);
        return *this;
    }

private:
    static constexpr std::size_t size_of(std::string_view s) noexcept { return s.size(); }
    template <std::size_t Size>
    static constexpr std::size_t size_of(std::array<char, Size> const&) noexcept
    {
        return Size;
    }
    static constexpr std::size_t size_of(char) noexcept { return 1; }
    static char* put(char* at, std::string_view s) noexcept
    {
        if (!s.empty())
            std::memcpy(at, s.data(), s.size());
        return at + s.size();
    }
    template <std::size_t Size>
    static char* put(char* at, std::array<char, Size> const& text) noexcept
    {
        std::memcpy(at, text.data(), Size);
        return at + Size;
    }
    static char* put(char* at, char c) noexcept
    {
        *at = c;
        return at + 1;
    }

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
