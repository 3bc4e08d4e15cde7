#include "code_key_file.hpp"

#include "failure.hpp"

#include "base/secret.hpp"
#include "common/file_error.hpp"
#include "common/replace_file.hpp"
#include "common/text_file.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <system_error>

namespace tokend {
namespace {

void make_key_file(std::filesystem::path const& file)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, plugin::code_key::min_bytes> random;
    if (::getentropy(random.data(), random.size()) != 0)
        throw std::system_error{errno, std::generic_category(), "no random bytes"};
    std::string text;
    text.reserve(2 * random.size() + 1);
    for (auto const byte : random)
        text.append({digits[byte >> 4], digits[byte & 15]});
    text += '\n';
    plugin::create_file(file, text);
    wipe(text);
    ::explicit_bzero(random.data(), random.size());
    std::cout << "made the key " << file.string() << '\n';
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
    auto text = plugin::read_text_file(file.string()).text;
    if (text.ends_with('\n'))
        text.pop_back();
    secret const bytes{text};
    wipe(text);
    return plugin::code_key{bytes.reveal()};
}
catch (std::invalid_argument const& wrong)
{
    throw failure{exit_code::bad_data, file.string() + ": " + wrong.what()};
}

}  // namespace tokend
