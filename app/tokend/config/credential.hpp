#pragma once

#include <filesystem>
#include <string_view>

// Secrets of systemd's LoadCredential=, which a configuration names as credential:NAME. systemd shows them to the main
// process of the unit, and not to the commands of ExecReload=.
namespace tokend {

// The file of credential:NAME. The text itself, if this process has no credentials.
std::filesystem::path credential_file(std::string_view text);

// Returns true for credential:NAME.
bool is_credential(std::string_view text);

// Returns true if credential_file() returned this path and this process may not read the file.
bool is_hidden(std::filesystem::path const& file);

}  // namespace tokend
