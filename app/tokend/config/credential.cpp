#include "app/tokend/config/credential.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace tokend {
namespace {

constexpr std::string_view scheme = "credential:";

}  // namespace

std::filesystem::path credential_file(std::string_view text)
{
    char const* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    return folder != nullptr ? std::filesystem::path{folder} / text.substr(scheme.size()) : std::filesystem::path{text};
}

bool is_credential(std::string_view text) { return text.starts_with(scheme); }

bool is_hidden(std::filesystem::path const& file)
{
    if (is_credential(file.native()))
        return true;
    char const* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    return folder != nullptr && file.parent_path() == folder && ::access(file.c_str(), R_OK) != 0 && errno == EACCES;
}

}  // namespace tokend
