#include "command_line.hpp"
#include "failure.hpp"

#include "base/clock.hpp"
#include "base/principal.hpp"
#include "base/text.hpp"
#include "journal/journal.hpp"
#include "journal/latest_ends.hpp"

#include <boost/program_options/options_description.hpp>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace po = boost::program_options;

namespace tokend {
namespace {

struct census
{
    std::size_t live = 0;
    std::size_t expired = 0;
    std::size_t damaged = 0;
    std::size_t unfinished = 0;
    std::map<std::string, std::size_t> by_organisation{};  // live tokens
};

// Counts the tokens that tokend would restore.
class counting
{
public:
    counting(journal_contents const& from, std::chrono::sys_seconds now)
        : now_{static_cast<std::uint32_t>(now.time_since_epoch().count())}, ends_{from.ends}
    {
        found_.damaged = from.damaged;
        found_.unfinished = from.unfinished;
        for (auto const& record : from.records)
            if (auto const who = decode(record.bytes))
                organisations_[record.serial] = &*names_.emplace(who->organisation).first;
        for_each_entry(from.log, [this](journal_entry const& e) { add_token(e, true); });
        found_.damaged += from.tokens.count -
                          for_each_entry(from.tokens, [this](journal_entry const& e) { add_token(e, false); }).read;
        for (auto const& [organisation, count] : live_)
            found_.by_organisation[*organisation] = count;
    }

    census const& found() const noexcept { return found_; }

private:
    // A token of a log may be in the snapshot too.
    void add_token(journal_entry const& e, bool logged)
    {
        if (e.kind != entry_kind::issue)
            return;
        if (logged ? !logged_.emplace(e.a, e.b).second : logged_.contains({e.a, e.b}))
            return;
        auto const told = ends_(e.a, e.b);
        if (told == latest_ends::ended)
            return;
        auto const whose = organisations_.find(e.serial);
        if (std::max(told, e.expires) <= now_)
            ++found_.expired;
        else if (whose == organisations_.end())
            ++found_.damaged;
        else
        {
            ++found_.live;
            ++live_[whose->second];
        }
    }

    std::uint32_t const now_;
    latest_ends const& ends_;
    std::set<std::string, std::less<>> names_;
    std::unordered_map<std::uint64_t, std::string const*> organisations_;  // by serial of the record
    std::set<std::pair<std::uint64_t, std::uint64_t>> logged_;
    std::map<std::string const*, std::size_t> live_;
    census found_;
};

void print(layout::header const& header, journal_file const& file, journal_contents const& from,
           std::chrono::sys_seconds now, census const& found)
{
    std::cout << "tokens file " << file.path().string() << ", " << file.size() << " bytes\n"
              << "layout version " << header.what.version << ", id " << std::hex << std::setfill('0') << std::setw(16)
              << header.what.file_id[0] << std::setw(16) << header.what.file_id[1] << std::dec << '\n'
              << "capacity " << header.what.capacity << '\n'
              << "snapshot with " << header.what.token_units << " tokens, log of "
              << from.log.count * journal_unit::size << " bytes\n"
              << "last issue or use "
              << (from.newest == 0 ? "none"
                                   : format_rfc3339(std::chrono::sys_seconds{std::chrono::seconds{from.newest}}))
              << '\n'
              << "at " << format_rfc3339(now) << '\n'
              << "live " << found.live << '\n'
              << "expired " << found.expired << '\n'
              << "damaged " << found.damaged << '\n'
              << "unfinished " << found.unfinished << '\n';
    for (auto const& [organisation, count] : found.by_organisation)
        std::cout << "organisation " << organisation << ' ' << count << '\n';
}

}  // namespace

void inspect_tokens_file(arguments const& given)
{
    po::options_description options{"Options"};
    add_help_option(options);
    if (wants_help(given,
                   "Usage: tokenctl tokens-file inspect FILE\n\n"
                   "Tells what a file of tokens holds, of a tokend that runs or does not. It is read only.\n",
                   options))
        return;
    command_line const asked{given, options, {"FILE"}};
    auto const file = journal_file::open(asked.text("FILE"), journal_file::access::read);
    auto const header = read_header(file);
    journal_contents const from{header, file.size(), file.reader()};
    auto const last = std::chrono::sys_seconds{std::chrono::seconds{from.newest}};
    auto const now = std::max(last, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
    print(header, file, from, now, counting{from, now}.found());
}

}  // namespace tokend
