#include "code_key_file.hpp"

#include "failure.hpp"
#include "table_file.hpp"

#include "base/secret_file.hpp"
#include "common/replace_file.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <system_error>

namespace tokend {
namespace {

constexpr std::size_t max_key_bytes = 64 * 1024;  // the limit of tokend

void make_key_file(std::filesystem::path const& file)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, plugin::code_key::min_bytes> random;
    if (::getentropy(random.data(), random.size()) != 0)
        throw std::system_error{errno, std::generic_category(), "no random bytes"};
    secret key;
    for (auto const byte : random)
        key.append(digits.substr(byte >> 4, 1)).append(digits.substr(byte & 15, 1));
    key.append("\n");
    ::explicit_bzero(random.data(), random.size());
    plugin::create_file(file, key.reveal());
    std::cout << "made the key " << file.string() << '\n';
}

secret read_key_file(std::filesystem::path const& file)
try
{
    return read_secret_file(file.string(), max_key_bytes);
}
catch (std::length_error const&)
{
    throw failure{exit_code::bad_data, file.string() + ": over " + std::to_string(max_key_bytes >> 10) + " KiB"};
}
catch (std::system_error const& failed)
{
    throw failure{exit_code::bad_data, failed.what()};
}

}  // namespace

plugin::code_key read_code_key(std::filesystem::path const& file, if_missing what)
try
{
    if (!std::filesystem::exists(file))
    {
        if (what == if_missing::refuse)
            throw failure{exit_code::bad_data,
                          file.string() + ": there is no such key, but the table has codes under one"};
        make_key_file(file);
    }
    warn_of_loose_mode(file, content::secret);
    return plugin::code_key{read_key_file(file).reveal()};
}
catch (std::invalid_argument const& wrong)
{
    throw failure{exit_code::bad_data, file.string() + ": " + wrong.what()};
}

}  // namespace tokend
