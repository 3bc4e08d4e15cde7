#pragma once

#include "command_line.hpp"

#include <boost/program_options/options_description.hpp>

// The commands: a function for each one, and for its options where other commands do not have the same.
namespace tokend {

using option_list = boost::program_options::options_description;

// Users and access tokens in files.
void add_user_options(option_list& to);
void add_user(command_line const& given);
void add_password_options(option_list& to);
void set_password(command_line const& given);
void list_users(command_line const& given);
void show_user(command_line const& given);
void enable_user(command_line const& given);
void disable_user(command_line const& given);
void remove_user(command_line const& given);
void verify_user(command_line const& given);
void add_access_token_options(option_list& to);
void add_access_token(command_line const& given);
void list_access_tokens(command_line const& given);
void show_access_token(command_line const& given);
void enable_access_token(command_line const& given);
void disable_access_token(command_line const& given);
void remove_access_token(command_line const& given);
void add_rotation_options(option_list& to);
void rotate_access_token(command_line const& given);
void inspect_tokens_file(command_line const& given);
void export_tokens_file(command_line const& given);

// What a client does with a running tokend.
void add_login_options(option_list& to);
void log_in(command_line const& given);
void add_token_options(option_list& to);
void validate_token(command_line const& given);
void renew_token(command_line const& given);
void release_token(command_line const& given);

// What an operator does with a running tokend.
void add_operator_options(option_list& to);
void add_sessions_options(option_list& to);
void list_sessions(command_line const& given);
void add_revoke_options(option_list& to);
void revoke(command_line const& given);
void list_lockouts(command_line const& given);
void add_unlock_options(option_list& to);
void unlock(command_line const& given);
void list_backends(command_line const& given);
void test_backend(command_line const& given);
void add_explain_options(option_list& to);
void explain_login(command_line const& given);
void add_top_options(option_list& to);
void show_top(command_line const& given);
void show_configuration(command_line const& given);
void reload(command_line const& given);
void show_health(command_line const& given);

void print_completion(command_line const& given);
void print_manual_page(command_line const& given);

}  // namespace tokend
