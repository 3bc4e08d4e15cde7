#include "tokens_file.hpp"

#include "journal/latest_ends.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace tokend {
namespace {

std::chrono::sys_seconds time_of(journal_contents const& from)
{
    auto const last = std::chrono::sys_seconds{std::chrono::seconds{from.newest}};
    return std::max(last, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

}  // namespace

stored_tokens::stored_tokens(std::string const& path)
    : file_{journal_file::open(path, journal_file::access::read)},
      header_{read_header(file_)},
      contents_{header_, file_.size(), file_.reader()},
      now_{time_of(contents_)}
{
    for (auto const& record : contents_.records)
        if (auto const who = decode(record.bytes))
            principals_[record.serial] = *who;
    for (auto const& address : contents_.addresses)
        addresses_[address.serial] = address.bytes;
}

stored_counts stored_tokens::for_each_live(std::function<void(stored_token const&)> const& use) const
{
    auto const now = static_cast<std::uint32_t>(now_.time_since_epoch().count());
    stored_counts counts{.damaged = contents_.damaged, .unfinished = contents_.unfinished};
    std::set<std::pair<std::uint64_t, std::uint64_t>> logged;  // a token of the log may be in the snapshot too
    auto const look_at = [&](journal_entry const& entry) {
        auto const end = contents_.ends(entry.a, entry.b);
        auto const expires = std::max(end, entry.expires);
        auto const who = principals_.find(entry.serial);
        if (end == latest_ends::ended)
            return;
        if (expires <= now)
            ++counts.expired;
        else if (who == principals_.end())
            ++counts.damaged;
        else
        {
            auto const address = addresses_.find(entry.address);
            ++counts.live;
            use({entry, expires, who->second, address == addresses_.end() ? std::string_view{} : address->second});
        }
    };
    for_each_entry(contents_.log, [&](journal_entry const& entry) {
        if (entry.kind == entry_kind::issue && logged.emplace(entry.a, entry.b).second)
            look_at(entry);
    });
    auto const read = for_each_entry(contents_.tokens, [&](journal_entry const& entry) {
        if (entry.kind == entry_kind::issue && !logged.contains({entry.a, entry.b}))
            look_at(entry);
    });
    counts.damaged += contents_.tokens.count - read.read;
    return counts;
}

}  // namespace tokend
