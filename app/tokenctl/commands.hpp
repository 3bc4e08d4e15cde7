#pragma once

#include <string>
#include <vector>

namespace tokend {

using arguments = std::vector<std::string>;  // after the words that name the command

// The commands, one file each. They print what they did. They throw failure, or what the parts that they use throw.
void add_user(arguments const& given);
void set_password(arguments const& given);
void list_users(arguments const& given);
void show_user(arguments const& given);
void enable_user(arguments const& given);
void disable_user(arguments const& given);
void remove_user(arguments const& given);
void verify_user(arguments const& given);
void add_access_token(arguments const& given);
void list_access_tokens(arguments const& given);
void show_access_token(arguments const& given);
void enable_access_token(arguments const& given);
void disable_access_token(arguments const& given);
void remove_access_token(arguments const& given);
void rotate_access_token(arguments const& given);
void inspect_tokens_file(arguments const& given);

// For a running tokend.
void list_sessions(arguments const& given);
void revoke(arguments const& given);
void list_lockouts(arguments const& given);
void unlock(arguments const& given);
void list_backends(arguments const& given);
void test_backend(arguments const& given);
void show_top(arguments const& given);
void show_configuration(arguments const& given);
void reload(arguments const& given);
void show_health(arguments const& given);

}  // namespace tokend
