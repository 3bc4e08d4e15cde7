#include "app/tokend/config/operators.hpp"

#include "app/tokend/config/credential.hpp"

#include "base/secret_file.hpp"
#include "base/system_account.hpp"
#include "base/text.hpp"

#include "tokend/protection.hpp"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace tokend {
namespace {

constexpr std::size_t least_token = 32;  // bytes: nobody guesses so many
constexpr std::size_t most_token = 4096;
constexpr std::uint32_t overflow_account = 65534;  // stands for everybody outside the user namespace of this process

using resolved = operators::resolved_rule;

std::string name_of_organisation(configuration const& config, std::string const& id)
{
    auto const found = std::ranges::find(config.organisations, id, &organisation_section::id);
    if (found == config.organisations.end())
        throw std::runtime_error{"there is no [organisation." + id + "]"};
    return found->name;
}

std::uint32_t number_of(operator_rule const& rule)
{
    bool const is_user = rule.kind == operator_kind::user;
    auto const number = is_user ? find_user(rule.name) : find_group(rule.name);
    auto const what = (is_user ? "user '" : "group '") + rule.name + '\'';
    if (!number)
        throw std::runtime_error{"this system has no " + what};
    if (*number == overflow_account)
        throw std::runtime_error{"the " + what + " stands for everybody that this system does not know"};
    return *number;
}

resolved resolve(configuration const& config, operator_rule const& rule)
{
    resolved r{.rule = rule, .organisations = {}};
    for (auto const& id : rule.organisations)
        r.organisations.push_back(name_of_organisation(config, id));
    if (rule.kind == operator_kind::user || rule.kind == operator_kind::group)
        r.number = number_of(rule);
    return r;
}

bool has_bearer(configuration const& config)
{
    return std::ranges::any_of(config.admin.operators,
                               [](auto const& rule) { return rule.kind == operator_kind::bearer; });
}

secret read_token(configuration const& config)
{
    auto const& file = config.admin.token_file;
    auto loose = plugin::loose_mode(file.string(), plugin::secrecy::secret);
    if (!config.allow_loose_modes && !loose.empty())
        throw std::runtime_error{std::move(loose)};
    auto token = read_secret_file(file.string(), most_token);
    if (token.reveal().size() < least_token || has_control_character(token.reveal()))
        throw std::runtime_error{file.string() + " must hold one line of " + std::to_string(least_token) + " to " +
                                 std::to_string(most_token) + " bytes, such as that of `openssl rand -hex 32`"};
    return token;
}

}  // namespace

operators make_operators(configuration const& config)
{
    std::vector<resolved> rules;
    for (auto const& rule : config.admin.operators)
        rules.push_back(resolve(config, rule));
    rules.push_back({.rule = {.role = role::admin, .kind = operator_kind::user, .name = "self"},
                     .number = ::geteuid(),
                     .organisations = {}});
    return {std::move(rules), config.admin.token_file.empty() ? secret{} : read_token(config)};
}

std::vector<broken_rule> wrong_operators(configuration const& config, secret_files secrets)
{
    std::vector<broken_rule> wrong;
    auto const add = [&](char const* key, std::string what) {
        auto const found = config.sources.find(std::string{"admin."} + key);
        wrong.push_back({found == config.sources.end() ? "" : found->second, std::move(what)});
    };
    for (auto const& rule : config.admin.operators)
        try
        {
            resolve(config, rule);
        }
        catch (std::runtime_error const& e)
        {
            add("operators", "'" + rule.text() + "': " + e.what());
        }
    auto const& file = config.admin.token_file;
    if (file.empty() && has_bearer(config))
        add("operators", "a rule of kind bearer needs token-file, the file with its token");
    if (!file.empty() && !has_bearer(config))
        add("token-file", "token-file has no effect without a rule such as operators = admin user:root; viewer bearer");
    if (file.empty() || (is_hidden(file) && secrets != secret_files::needed))
        return wrong;
    try
    {
        read_token(config);
    }
    catch (std::exception const& e)
    {
        add("token-file", e.what());
    }
    return wrong;
}

}  // namespace tokend
