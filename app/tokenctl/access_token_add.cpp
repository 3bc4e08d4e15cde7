#include "access_token_table.hpp"
#include "code_key_file.hpp"
#include "command_functions.hpp"
#include "failure.hpp"
#include "new_secret.hpp"

#include "base/text.hpp"
#include "common/file_error.hpp"
#include "common/replace_file.hpp"

#include <string>

namespace tokend {
namespace {

void check_owner(command_line const& given)
{
    if (given.text("owner").empty())
        throw failure{exit_code::usage, "--owner is missing: it names who a code belongs to"};
}

void check(command_line const& given)
{
    if (given.has("effective"))
        given.refuse("not-effective", "does not go with --effective");
    if (given.has("api-key"))
        given.refuse("no-api-key", "does not go with --api-key");
    if (given.has("code") == given.has("identifier"))
        throw failure{exit_code::usage, "one of --code and --identifier is meant"};
    if (given.has("identifier"))
    {
        for (auto const* option : {"key-file", "api-key", "no-api-key"})
            given.refuse(option, "goes with --code");
        if (given.text("identifier").empty())
            throw failure{exit_code::usage, "an empty --identifier"};
        return;
    }
    for (auto const* option : {"hash", "cost"})
        given.refuse(option, "goes with --identifier");
    if (!given.has("replace") || given.has("owner"))
        check_owner(given);
}

// Sets what the options name. A new record is effective.
void set_others(columns& record, command_line const& given, plugin::membership const& belongs)
{
    if (record[token_state].empty() || given.has("effective"))
        record[token_state] = "EFFECTIVE";
    if (given.has("not-effective"))
        record[token_state] = "NOT_EFFECTIVE";
    if (given.has("owner"))
        record[token_owner] = given.text("owner");
    set_membership(record, token_units, belongs);
    set_date(record[token_not_before], given, "not-before");
    set_date(record[token_not_after], given, "not-after");
    if (given.has("api-key") || given.has("no-api-key"))
        record[token_flags] = given.has("api-key") ? "api-key" : "";
}

// Finds the record of the new line in a table: by its identifier if it has one, else by its digest.
plugin::access_token const* find(plugin::access_tokens const& in, std::string const& identifier,
                                 std::string const& secret_column)
{
    if (identifier.empty())
        return in.find_code(secret_column);
    auto const* found = in.find_identifier(identifier);
    return found != nullptr ? &found->token : nullptr;
}

// Refuses to write a line from which the plugin would read something else.
void check_is_read_back(std::string const& text, std::string const& file, columns const& meant,
                        plugin::membership const& belongs)
try
{
    auto const read = plugin::access_tokens::parse(text, file);
    auto const* token = find(read, meant[token_identifier], meant[token_secret]);
    auto const& name = meant[meant[token_owner].empty() ? token_identifier : token_owner];
    if (token == nullptr || token->who.name != name || token->who.belongs != belongs)
        throw failure{exit_code::usage,
                      "not written: a name, unit or group with a character that means something in the file"};
}
catch (plugin::file_error const& wrong)
{
    throw failure{exit_code::usage, std::string{"not written: "} + wrong.what()};
}

}  // namespace

void add_access_token_options(option_list& to)
{
    to.add_options()("code", "an authentication code");
    add_text_option(to, "identifier", "ID", "an identifier, with a pass code");
    add_text_option(to, "key-file", "FILE",
                    "key for the digests of codes (FILE.key); made if there is none, and no code yet");
    add_text_option(to, "owner", "O", "the name a token is issued for; mandatory for a code");
    add_membership_options(to);
    add_text_option(to, "not-before", "DATE", "usable from then on: YYYY-MM-DD or YYYYMMDDTHHMMSSZ");
    add_text_option(to, "not-after", "DATE", "usable to the end of it");
    to.add_options()("api-key", "the code is a web API key")("no-api-key", "the code is none, with --replace")(
        "not-effective", "the access token cannot be used yet")("effective",
                                                                "the access token can be used, with --replace");
    add_generate_option(to);
    add_hash_options(to);
    to.add_options()("replace", "changes the line with that identifier or code, if there is one");
}

void add_access_token(command_line const& given)
{
    check(given);
    auto const file = given.text("FILE");
    auto const identifier = given.text("identifier");
    bool const is_code = identifier.empty();
    columns untried{token_column_count};
    set_others(untried, given, read_membership(given, {}));  // reports mistakes before it asks for the secret
    auto const asked =
        is_code ? new_code(given, "Authentication code") : new_secret(given, "Pass code of " + identifier);
    auto secret_text = is_code ? std::string{} : hash_secret(asked, given).text();

    plugin::folder_lock const lock{file};
    auto const before = read_table(file, plugin::access_tokens_header);
    auto const known = plugin::access_tokens::parse(before, file);
    if (is_code)
    {
        auto const key_file = given.has("key-file") ? given.text("key-file") : file + ".key";
        secret_text =
            read_code_key(key_file, known.has_codes() ? if_missing::refuse : if_missing::make).digest(asked.reveal());
    }
    auto const* old = find(known, identifier, secret_text);
    if (old != nullptr && !given.has("replace"))
        throw failure{exit_code::usage, file + ':' + std::to_string(old->line) + ": there is such " +
                                            (is_code ? "a code" : "an identifier") + " already; --replace replaces it"};
    if (old == nullptr && is_code)
        check_owner(given);
    auto const belongs = read_membership(given, old != nullptr ? old->who.belongs : plugin::membership{});
    auto record = old != nullptr ? columns{before, old->line, token_column_count} : columns{token_column_count};
    record[token_identifier] = identifier;
    record[token_secret] = secret_text;
    set_others(record, given, belongs);
    auto const after = with_line(before, old != nullptr ? std::optional{old->line} : std::nullopt, record.joined());
    check_is_read_back(after, file, record, belongs);
    plugin::replace_file(file, after);
    report(given, asked,
           std::string{old != nullptr ? "replaced " : "added "} +
               (is_code ? "a code of " + record[token_owner] : identifier) + " in " + file);
}

}  // namespace tokend
