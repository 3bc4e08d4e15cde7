#pragma once

#include <string>
#include <vector>

namespace tokend {

using arguments = std::vector<std::string>;  // those behind the words of the command

// One file each. They print what they did; throw failure, or what the parts below throw.
void add_user(arguments const& given);
void add_access_token(arguments const& given);
void inspect_tokens_file(arguments const& given);

}  // namespace tokend
