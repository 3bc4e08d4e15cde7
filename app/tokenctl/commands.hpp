#pragma once

#include <string>
#include <vector>

namespace tokend {

using arguments = std::vector<std::string>;  // after the words that name the command

// The commands, one file each. They print what they did. They throw failure, or what the parts that they use throw.
void add_user(arguments const& given);
void add_access_token(arguments const& given);
void inspect_tokens_file(arguments const& given);

}  // namespace tokend
