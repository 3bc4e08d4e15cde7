#include "token/entropy.hpp"

#include <string.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

namespace tokend {
namespace {

bool fill(std::span<unsigned char> out) noexcept
{
    while (!out.empty())
    {
        auto const got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno != EINTR)
            return false;
        out = out.subspan(got > 0 ? static_cast<std::size_t>(got) : 0);  // a signal may cut a long one short
    }
    return true;
}

}  // namespace

entropy::~entropy() { ::explicit_bzero(block_.data(), block_.size()); }

bool entropy::draw(std::span<unsigned char> out) noexcept
{
    while (!out.empty())
    {
        if (used_ == block_.size())
        {
            if (!fill(block_))
                return false;
            used_ = 0;
        }
        auto const taken = std::span{block_}.subspan(used_, std::min(out.size(), block_.size() - used_));
        std::ranges::copy(taken, out.begin());
        ::explicit_bzero(taken.data(), taken.size());
        used_ += taken.size();
        out = out.subspan(taken.size());
    }
    return true;
}

}  // namespace tokend
