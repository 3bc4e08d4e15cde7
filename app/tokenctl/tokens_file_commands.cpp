#include "command_functions.hpp"
#include "failure.hpp"
#include "tokens_file.hpp"

#include "base/text.hpp"
#include "token/token.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cerrno>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>

// The commands that read a tokens file.
namespace tokend {
namespace {

std::string time_text(std::uint32_t seconds)
{
    return format_rfc3339(std::chrono::sys_seconds{std::chrono::seconds{seconds}});
}

boost::json::value text_or_null(std::string_view text)
{
    return text.empty() ? boost::json::value{} : boost::json::value(text);
}

boost::json::object row_of(stored_token const& one)
{
    token_key const key{one.entry.a, one.entry.b};
    return {{"accessor", write_accessor(key).view()},
            {"organisation", one.who.organisation},
            {"username", one.who.username},
            {"unit", text_or_null(one.who.unit)},
            {"backend", one.who.backend},
            {"client_address", text_or_null(one.client_address)},
            {"issued_at", time_text(one.entry.issued)},
            {"expires_at", time_text(one.expires)}};
}

}  // namespace

void inspect_tokens_file(command_line const& given)
{
    stored_tokens const from{given.text("FILE")};
    auto const& header = from.header().what;
    auto const& contents = from.contents();
    std::map<std::string, std::size_t> by_organisation;
    auto const found =
        from.for_each_live([&](stored_token const& one) { ++by_organisation[std::string{one.who.organisation}]; });
    std::cout << "tokens file " << from.file().path().string() << ", " << from.file().size() << " bytes\n"
              << "layout version " << header.version << ", id " << std::hex << std::setfill('0') << std::setw(16)
              << header.file_id[0] << std::setw(16) << header.file_id[1] << std::dec << '\n'
              << "capacity " << header.capacity << '\n'
              << "snapshot with " << header.token_units << " tokens, log of " << contents.log.count * journal_unit::size
              << " bytes\n"
              << "last issue or use " << (contents.newest == 0 ? "none" : time_text(contents.newest)) << '\n'
              << "at " << format_rfc3339(from.now()) << '\n'
              << "live " << found.live << '\n'
              << "expired " << found.expired << '\n'
              << "damaged " << found.damaged << '\n'
              << "unfinished " << found.unfinished << '\n';
    for (auto const& [organisation, count] : by_organisation)
        std::cout << "organisation " << organisation << ' ' << count << '\n';
}

void export_tokens_file(command_line const& given)
{
    stored_tokens const from{given.text("FILE")};
    auto const found = from.for_each_live([](stored_token const& one) { std::cout << row_of(one) << '\n'; });
    if (!std::cout.flush())
        throw failure{exit_code::cannot_write, std::string{"standard output: "} + std::strerror(errno)};
    if (found.damaged > 0)
        throw failure{exit_code::bad_data, given.text("FILE") + ": damaged entries: " + std::to_string(found.damaged) +
                                               "; the sessions that they held are missing"};
}

}  // namespace tokend
