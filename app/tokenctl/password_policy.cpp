#include "password_policy.hpp"

#include "failure.hpp"

#include <crack.h>
#include <pwquality.h>

#include <array>
#include <filesystem>
#include <memory>

namespace tokend {
namespace {

struct free_rules
{
    void operator()(pwquality_settings_t* p) const noexcept { ::pwquality_free_settings(p); }
};
using rules = std::unique_ptr<pwquality_settings_t, free_rules>;

constexpr char const* system_rules = "/etc/security/pwquality.conf";

// May be called once for a result: it frees what belongs to it.
std::string message_of(int result, void* more)
{
    std::array<char, PWQ_MAX_ERROR_MESSAGE_LEN> text{};
    return ::pwquality_strerror(text.data(), text.size(), result, more);
}

rules read_rules(std::string const& file)
{
    rules read{::pwquality_default_settings()};
    void* more = nullptr;
    int const result = ::pwquality_read_config(read.get(), file.empty() ? nullptr : file.c_str(), &more);
    if (result != 0)
        throw failure{exit_code::bad_data, (file.empty() ? system_rules : file) + ": " + message_of(result, more) +
                                               "; rules as in pwquality.conf(5) were meant"};
    return read;
}

int number(rules const& from, int setting)
{
    int value = 0;
    ::pwquality_get_int_value(from.get(), setting, &value);
    return value;
}

// libpwquality prints a line of its own for a missing dictionary.
void expect_dictionary(rules const& of)
{
    char const* path = nullptr;
    ::pwquality_get_str_value(of.get(), PWQ_SETTING_DICT_PATH, &path);
    std::string const dictionary = path != nullptr ? path : ::GetDefaultCracklibDict();
    if (number(of, PWQ_SETTING_DICT_CHECK) != 0 && !std::filesystem::exists(dictionary + ".pwd"))
        throw failure{exit_code::bad_data, "there is no dictionary of common passwords, " + dictionary +
                                               ".pwd; install cracklib-runtime, or name rules with dictpath or "
                                               "dictcheck = 0 by --policy"};
}

}  // namespace

void add_policy_options(boost::program_options::options_description& to)
{
    add_text_option(to, "policy", "FILE", "rules for passwords; /etc/security/pwquality.conf if not given");
}

void check_password(command_line const& given, secret const& password, std::string const& user)
{
    std::string_view const bytes = password.reveal();  // a NUL is behind them
    if (bytes.find('\0') != bytes.npos)
        return;  // hash_secret() refuses it
    auto const kept = read_rules(given.text("policy"));
    expect_dictionary(kept);
    void* more = nullptr;
    int const result = ::pwquality_check(kept.get(), bytes.data(), nullptr, user.c_str(), &more);
    if (result < 0)
        throw failure{exit_code::usage, message_of(result, more) + "; several words, or at least " +
                                            std::to_string(number(kept, PWQ_SETTING_MIN_LENGTH)) +
                                            " characters that are no word, were meant; --generate makes a password"};
}

}  // namespace tokend
