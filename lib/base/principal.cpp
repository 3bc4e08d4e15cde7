#include "base/principal.hpp"

#include <algorithm>
#include <cstring>

namespace tokend {
namespace {

// Layout: not_after 8 | organisation, backend, username, subject_id, unit, client_address | units | groups. A string is its length
// in 2 bytes and its bytes; a list is its length in bytes in 2 bytes and its strings.

std::size_t read_length(char const* at) noexcept
{
    std::uint16_t length = 0;
    std::memcpy(&length, at, sizeof length);
    return length;
}

void append_length(std::string& out, std::size_t length)
{
    auto const narrow = static_cast<std::uint16_t>(length);
    out.append(reinterpret_cast<char const*>(&narrow), sizeof narrow);
}

void append(std::string& out, std::string_view s)
{
    append_length(out, s.size());
    out += s;
}

void append(std::string& out, std::vector<std::string> const& list)
{
    std::size_t length = 0;
    for (auto const& item : list)
        length += 2 + item.size();
    append_length(out, length);
    for (auto const& item : list)
        append(out, std::string_view{item});
}

std::size_t encoded_size(principal const& p) noexcept
{
    std::size_t size = 8 + 6 * 2 + p.organisation.size() + p.backend.size() + p.username.size() + p.subject_id.size() +
                       p.unit.size() + p.client_address.size() + 2 * 2;
    for (auto const* list : {&p.units, &p.groups})
        for (auto const& item : *list)
            size += 2 + item.size();
    return size;
}

// Takes length-prefixed pieces off the front; says in ok() whether all of them were there.
class reader
{
public:
    explicit reader(std::span<char const> bytes) noexcept : at_{bytes.data()}, left_{bytes.size()} {}
    std::span<char const> take() noexcept
    {
        auto const size = left_ < 2 ? left_ + 1 : 2 + read_length(at_);
        if (size > left_)
        {
            ok_ = false;
            return {};
        }
        auto const* const piece = at_ + 2;
        at_ += size;
        left_ -= size;
        return {piece, size - 2};
    }
    std::string_view text() noexcept
    {
        auto const piece = take();
        return {piece.data(), piece.size()};
    }
    string_list list() noexcept
    {
        auto const piece = take();
        reader items{piece};
        while (items.ok_ && items.left_ != 0)
            items.take();
        ok_ = ok_ && items.ok_;
        return string_list{piece};
    }
    bool at_end() const noexcept { return ok_ && left_ == 0; }

private:
    char const* at_;
    std::size_t left_;
    bool ok_ = true;
};

}  // namespace

std::string_view string_list::iterator::operator*() const noexcept { return {at_ + 2, read_length(at_)}; }

string_list::iterator& string_list::iterator::operator++() noexcept
{
    at_ += 2 + read_length(at_);
    return *this;
}

string_list::iterator string_list::iterator::operator++(int) noexcept
{
    auto const before = *this;
    ++*this;
    return before;
}

bool string_list::contains(std::string_view wanted) const noexcept
{
    return std::find(begin(), end(), wanted) != end();
}

std::optional<std::string> encode(principal const& p)
{
    auto const size = encoded_size(p);
    if (size > max_principal_bytes)
        return std::nullopt;
    std::string out;
    out.reserve(size);
    out.append(reinterpret_cast<char const*>(&p.not_after), sizeof p.not_after);
    for (auto const* text : {&p.organisation, &p.backend, &p.username, &p.subject_id, &p.unit, &p.client_address})
        append(out, std::string_view{*text});
    append(out, p.units);
    append(out, p.groups);
    return out;
}

std::optional<principal_view> decode(std::span<char const> bytes) noexcept
{
    principal_view p;
    if (bytes.size() < sizeof p.not_after)
        return std::nullopt;
    std::memcpy(&p.not_after, bytes.data(), sizeof p.not_after);
    reader in{bytes.subspan(sizeof p.not_after)};
    for (auto* text : {&p.organisation, &p.backend, &p.username, &p.subject_id, &p.unit, &p.client_address})
        *text = in.text();
    p.units = in.list();
    p.groups = in.list();
    if (!in.at_end())
        return std::nullopt;
    return p;
}

}  // namespace tokend
