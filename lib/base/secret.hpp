#pragma once

#include <string.h>

#include <string>
#include <string_view>
#include <utility>

namespace tokend {

// Overwrites all memory of the string, also beyond its end: a short string that was moved from still has its bytes
// there.
inline void wipe(std::string& s) noexcept
{
    s.resize(s.capacity());
    ::explicit_bzero(s.data(), s.size());
    s.clear();
}

// Bytes that are overwritten before their memory is freed: passwords, pass codes, codes. Can be moved but not copied.
class secret
{
public:
    secret() = default;
    explicit secret(std::string_view bytes) : bytes_{bytes} {}
    secret(secret&& other) noexcept : bytes_{std::move(other.bytes_)} { wipe(other.bytes_); }
    secret& operator=(secret&& other) noexcept
    {
        wipe(bytes_);
        bytes_ = std::move(other.bytes_);
        wipe(other.bytes_);  // a short string leaves its bytes behind
        return *this;
    }
    ~secret() { wipe(bytes_); }

    // Leaves no copy behind where it has to grow.
    secret& append(std::string_view more)
    {
        auto const size = bytes_.size() + more.size();
        if (size > bytes_.capacity())
        {
            std::string larger;
            larger.reserve(2 * size);
            larger.append(bytes_);
            wipe(bytes_);
            bytes_ = std::move(larger);
        }
        bytes_.append(more);
        return *this;
    }

    std::string_view reveal() const noexcept { return bytes_; }
    bool empty() const noexcept { return bytes_.empty(); }

private:
    std::string bytes_;
};

}  // namespace tokend
