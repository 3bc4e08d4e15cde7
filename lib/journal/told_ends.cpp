#include "journal/told_ends.hpp"

namespace tokend {
namespace {

template <class Use>
void for_each_end(std::vector<journal_part> const& logs, Use use)
{
    for (auto const& log : logs)
        for_each_entry(log, [&](journal_entry const& e) {
            if (e.kind == entry_kind::end)
                use(e, told_ends::ended);
            else if (e.kind == entry_kind::touch && e.expires != 0)
                use(e, e.expires);
        });
}

}  // namespace

told_ends::told_ends(std::vector<journal_part> const& logs)
{
    std::size_t count = 0;
    for_each_end(logs, [&](auto const&, std::uint32_t) { ++count; });
    places_.resize(count == 0 ? 0 : std::bit_ceil(2 * count));
    for_each_end(logs, [&](journal_entry const& e, std::uint32_t expires) {
        auto& p = places_[place_of(e.a, e.b)];
        p = {e.a, e.b, std::max(p.expires, expires)};
    });
}

std::size_t told_ends::place_of(std::uint64_t a, std::uint64_t b) const noexcept
{
    auto at = b & (places_.size() - 1);
    while (places_[at].expires != 0 && (places_[at].a != a || places_[at].b != b))
        at = (at + 1) & (places_.size() - 1);
    return at;
}

}  // namespace tokend
