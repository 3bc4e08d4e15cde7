#include "fuzz/records.hpp"

#include "access_token/access_tokens.hpp"
#include "app/tokenctl/table_file.hpp"
#include "base/text.hpp"
#include "common/file_error.hpp"
#include "common/record.hpp"
#include "file/users.hpp"
#include "fuzz/expect.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

std::string const file = "t.records";
constexpr std::size_t name_column = 0;
constexpr std::size_t secret_column = 1;

// What a file says of its records, by name or secret, apart from their lines.
using contents = std::map<std::string, std::string>;

std::string describe(plugin::account const& who)
{
    std::ostringstream text;
    text << who.name << '|' << who.id << '|' << plugin::format_columns(who.belongs) << '|'
         << (who.ends ? who.ends->time_since_epoch().count() : -1) << '|' << who.is_api_key;
    for (auto const& unit : who.belongs.units)
        expect(!unit.empty() && unit.size() <= plugin::max_unit_bytes, "a unit can be asked for");
    expect(!who.name.empty() && who.name.size() <= plugin::max_name_bytes, "a name can be asked for");
    return text.str();
}

// The records that a text has, in the columns of its kind of file.
template <std::size_t Columns>
std::vector<plugin::record> records_of(std::string const& text)
{
    static std::array<std::string_view, Columns> const names{};
    return plugin::read_records(text, file, names);
}

struct users_file
{
    static constexpr std::size_t columns = 6;

    static contents read(std::string const& text)
    {
        static std::vector<std::string> const fallback{"U1"};
        auto const all = plugin::users::parse(text, file, &fallback);
        contents found;
        for (auto const& line : records_of<columns>(text))
        {
            auto const* const user = all.find(line[name_column]);
            expect(user != nullptr && user->line == line.line(), "each line is a user");
            found[user->who.name] = describe(user->who) + user->hash.text() + (user->is_disabled ? 'd' : '-') +
                                    (user->is_locked ? 'l' : '-');
        }
        expect(found.size() == all.size(), "there are no other users");
        return found;
    }
};

struct access_tokens_file
{
    static constexpr std::size_t columns = 10;

    static contents read(std::string const& text)
    {
        auto const all = plugin::access_tokens::parse(text, file);
        contents found;
        for (auto const& line : records_of<columns>(text))
        {
            auto const* const identified = all.find_identifier(line[name_column]);
            auto const* const token = identified ? &identified->token : all.find_code(line[secret_column]);
            expect(token != nullptr && token->line == line.line(), "each line is an access token");
            found[token->who.id] = describe(token->who) + (identified ? identified->pass_code.text() : "") +
                                   (token->is_effective ? 'e' : '-') +
                                   std::to_string(token->begins ? token->begins->time_since_epoch().count() : -1);
        }
        expect(found.size() == all.size(), "there are no other access tokens");
        return found;
    }
};

std::string line_of(std::string_view text, std::size_t number)
{
    for (; number > 1; --number)
        text.remove_prefix(text.find('\n') + 1);
    return std::string{text.substr(0, text.find('\n'))};
}

void check_error(std::string_view error, std::string_view text)
{
    expect(is_utf8(error) && !has_control_character(error), "an error is one line of text");
    expect(error.starts_with(file + ':'), "an error names the file");
    auto const place = error.substr(file.size() + 1);
    std::size_t number = 0;
    std::from_chars(place.data(), place.data() + place.size(), number);
    auto const lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    expect(number > 0 && number <= lines, "an error names a line that is there");
    auto const line = line_of(text, number);
    auto const first = line.find(':');
    auto const secret = line.substr(std::min(first, line.size() - 1) + 1, line.find(':', first + 1) - first - 1);
    bool const is_only_there = line.find(secret) == first + 1 && line.rfind(secret) == first + 1;
    bool const is_long = secret.size() >= 20 && secret.find(' ') == secret.npos;  // no word of the error itself
    expect(first == line.npos || !is_long || !is_only_there || error.find(secret) == error.npos,
           "an error does not hold the secret");
}

template <class Kind>
void check_accepted(std::string const& text, contents const& found)
{
    auto const records = records_of<Kind::columns>(text);
    std::string reversed;
    contents one_by_one;
    auto written = text;
    for (auto const& r : records)
    {
        auto const line = line_of(text, r.line()) + '\n';
        reversed.insert(0, "\n# comment\n" + line);
        one_by_one.merge(Kind::read(line));
        auto const columns = tokend::columns{text, r.line(), Kind::columns};
        written = with_line(written, r.line(), columns.joined());
    }
    expect(one_by_one == found, "each line says the same alone");
    expect(Kind::read(reversed) == found, "the order of lines and comments make no difference");
    expect(Kind::read(written) == found, "what tokenctl writes says the same");
}

template <class Kind>
void check(std::string const& text)
{
    contents found;
    try
    {
        found = Kind::read(text);
    }
    catch (plugin::file_error const& refused)
    {
        return check_error(refused.what(), text);
    }
    try
    {
        check_accepted<Kind>(text, found);
    }
    catch (plugin::file_error const&)
    {
        expect(false, "what was accepted is accepted in another form");
    }
}

}  // namespace

void read_record_files(std::string_view text)
{
    check<users_file>(std::string{text});
    check<access_tokens_file>(std::string{text});
}

}  // namespace tokend::test
