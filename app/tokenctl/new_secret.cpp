#include "new_secret.hpp"

#include "ask_secret.hpp"
#include "password_policy.hpp"

#include "base/text.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <system_error>

namespace tokend {
namespace {

secret generate()
{
    std::array<unsigned char, 24> random;
    std::array<char, 32> text;
    if (::getentropy(random.data(), random.size()) != 0)
        throw std::system_error{errno, std::generic_category(), "no random bytes"};
    write_base64url(random, text.data());
    secret made{std::string_view{text.data(), text.size()}};
    ::explicit_bzero(random.data(), random.size());
    ::explicit_bzero(text.data(), text.size());
    return made;
}

}  // namespace

void add_generate_option(boost::program_options::options_description& to)
{
    to.add_options()("generate", "makes the secret, and prints it to standard output");
}

secret new_secret(command_line const& given, std::string_view what)
{
    return given.has("generate") ? generate() : ask_secret(what);
}

secret new_password(command_line const& given, std::string const& what, std::string const& user)
{
    auto made = new_secret(given, what + user);
    if (!given.has("generate"))
        check_password(given, made, user);
    return made;
}

void report(command_line const& given, secret const& made, std::string const& done)
{
    (given.has("generate") ? std::cerr : std::cout) << done << '\n';
    if (given.has("generate"))
        std::cout << made.reveal() << '\n';
}

}  // namespace tokend
