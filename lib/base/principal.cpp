#include "base/principal.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tokend {
namespace {

// Layout: not_after 8 | organisation, backend, username, subject_id, unit | units | groups. A string is its length
// in 2 bytes and its bytes; a list is its length in bytes in 2 bytes and its strings.

std::size_t read_length(char const* at) noexcept
{
    std::uint16_t length = 0;
    std::memcpy(&length, at, sizeof length);
    return length;
}

// Writes one piece after the other. REQUIRES: there is room for all of them.
class writer
{
public:
    explicit writer(char* at) noexcept : at_{at} {}
    void bytes(void const* from, std::size_t size) noexcept
    {
        std::memcpy(at_, from, size);
        at_ += size;
    }
    void length(std::size_t of) noexcept
    {
        auto const narrow = static_cast<std::uint16_t>(of);
        bytes(&narrow, sizeof narrow);
    }
    void text(std::string_view s) noexcept
    {
        length(s.size());
        bytes(s.data(), s.size());
    }
    void list(std::vector<std::string> const& items) noexcept
    {
        std::size_t size = 0;
        for (auto const& item : items)
            size += 2 + item.size();
        length(size);
        for (auto const& item : items)
            text(item);
    }

private:
    char* at_;
};

std::size_t encoded_size(principal const& p) noexcept
{
    std::size_t size = 8 + 5 * 2 + p.organisation.size() + p.backend.size() + p.username.size() + p.subject_id.size() +
                       p.unit.size() + 2 * 2;
    for (auto const* list : {&p.units, &p.groups})
        for (auto const& item : *list)
            size += 2 + item.size();
    return size;
}

// Takes length-prefixed pieces off the front. at_end() returns true if every piece was whole and no byte is left.
class reader
{
public:
    explicit reader(std::span<char const> bytes) noexcept : at_{bytes.data()}, end_{at_ + bytes.size()} {}
    std::string_view text() noexcept
    {
        if (end_ - at_ < 2 || static_cast<std::size_t>(end_ - at_) - 2 < read_length(at_))
        {
            ok_ = false;
            at_ = end_;
            return {};
        }
        std::string_view const piece{at_ + 2, read_length(at_)};
        at_ = piece.data() + piece.size();
        return piece;
    }
    string_list list() noexcept
    {
        std::span<char const> const piece = text();
        reader items{piece};
        while (items.at_ != items.end_)
            items.text();
        ok_ = ok_ && items.ok_;
        return string_list{piece};
    }
    bool at_end() const noexcept { return ok_ && at_ == end_; }

private:
    char const* at_;
    char const* end_;
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
    std::string encoded(size, '\0');
    writer out{encoded.data()};
    out.bytes(&p.not_after, sizeof p.not_after);
    for (auto const* text : {&p.organisation, &p.backend, &p.username, &p.subject_id, &p.unit})
        out.text(*text);
    out.list(p.units);
    out.list(p.groups);
    return encoded;
}

std::optional<principal_view> decode(std::span<char const> bytes) noexcept
{
    std::optional<principal_view> p;
    if (bytes.size() < sizeof p->not_after)
        return p;
    p.emplace();
    std::memcpy(&p->not_after, bytes.data(), sizeof p->not_after);
    reader in{bytes.subspan(sizeof p->not_after)};
    p->organisation = in.text();
    p->backend = in.text();
    p->username = in.text();
    p->subject_id = in.text();
    p->unit = in.text();
    p->units = in.list();
    p->groups = in.list();
    if (!in.at_end())
        p.reset();
    return p;
}

// The old form has the address between `unit` and `units`.
std::optional<principal_v1> decode_v1(std::span<char const> bytes)
{
    constexpr std::size_t not_after = sizeof principal_view::not_after;
    if (bytes.size() < not_after)
        return std::nullopt;
    reader in{bytes.subspan(not_after)};
    for (int before = 0; before < 5; ++before)
        in.text();
    auto const address = in.text();
    in.list();
    in.list();
    if (!in.at_end())
        return std::nullopt;
    auto const begin = static_cast<std::size_t>(address.data() - bytes.data()) - 2;
    std::string encoded{bytes.data(), begin};
    encoded.append(address.data() + address.size(), bytes.data() + bytes.size());
    return principal_v1{std::move(encoded), address};
}

}  // namespace tokend
