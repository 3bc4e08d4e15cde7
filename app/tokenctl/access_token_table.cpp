#include "access_token_table.hpp"

#include "failure.hpp"
#include "new_secret.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace tokend {
namespace {

constexpr std::string_view code_prefix = "code:";
constexpr std::string_view identifier_prefix = "id:";
constexpr std::size_t shown_digits = 8;

}  // namespace

secret new_code(command_line const& given, std::string_view what)
{
    auto code = new_secret(given, what);
    if (code.reveal().size() > 256 || has_control_character(code.reveal()))
        throw failure{exit_code::usage, "a code over 256 bytes, or with a control character"};
    return code;
}

std::string name_of(plugin::access_token const& one)
{
    auto const& id = one.who.id;
    return id.starts_with(code_prefix) ? id.substr(0, code_prefix.size() + shown_digits)
                                       : id.substr(identifier_prefix.size());
}

plugin::access_token const& find_access_token(plugin::access_tokens const& in, std::string const& file,
                                              std::string const& name)
{
    if (auto const* const identified = in.find_identifier(name))
        return identified->token;
    std::vector<plugin::access_token const*> found;
    if (name.starts_with(code_prefix) && name.size() >= code_prefix.size() + shown_digits)
        for (auto const* one : in.all())
            if (one->who.id.starts_with(name))
                found.push_back(one);
    if (found.empty())
        throw failure{exit_code::refused, file + ": there is no access token '" + name + "'"};
    if (found.size() > 1)
        throw failure{exit_code::usage, file + ": several codes begin like '" + name + "'; give more digits"};
    return *found.front();
}

table_reader line_of_access_token(std::string const& file, std::string const& name)
{
    return {.column_count = token_column_count,
            .find =
                [=](std::string const& text) {
                    auto const known = plugin::access_tokens::parse(text, file);
                    return record_place{find_access_token(known, file, name).line, known.size() == 1};
                },
            .check = [=](std::string const& text) { plugin::access_tokens::parse(text, file); }};
}

}  // namespace tokend
