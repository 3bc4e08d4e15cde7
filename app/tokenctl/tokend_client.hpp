#pragma once

#include "command_line.hpp"
#include "exchange.hpp"

#include "base/secret.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace tokend {

// Calls methods of a running tokend, one connection each.
class tokend_client
{
public:
    // `bearer` goes into `Authorization: Bearer`; empty: none.
    explicit tokend_client(server to, secret bearer = {}) : to_{std::move(to)}, bearer_{std::move(bearer)} {}

    // Returns `data` of the answer. `body` is JSON, or empty. Throws failure: `unavailable` if nobody answers or tokend
    // cannot do it now, `refused` if it does not do it for this caller, `usage` for a parameter that it does not take.
    boost::json::object call(std::string_view verb, std::string_view target, secret const& body = {}) const;
    boost::json::object post(std::string_view target, boost::json::object const& body = {}) const;
    // Returns the whole answer to GET of a path that has no envelope.
    http_answer get(std::string_view target) const { return exchange(to_, make_request("GET", target, {})); }

private:
    secret make_request(std::string_view verb, std::string_view target, secret const& body) const;

    server to_;
    secret bearer_;
};

// An object of JSON that holds secrets.
class secret_object
{
public:
    secret_object& add(std::string_view name, std::string_view value);
    secret_object& add(std::string_view name, secret_object const& value);
    secret finished() const;

private:
    void add_name(std::string_view name);

    secret text_;  // without its last brace
};

// --server --ca --certificate --key. The option, or the variable TOKEND_SERVER, or http://127.0.0.1:8080 says where.
void add_server_options(boost::program_options::options_description& to);
tokend_client connect_to_server(command_line const& from);

// --admin --token-file --ca --certificate --key. The option, or the variable TOKEND_ADMIN, or the socket of the package
// says where. Throws failure if the token cannot be read.
void add_admin_options(boost::program_options::options_description& to);
tokend_client connect_to_admin(command_line const& from);

// Returns the secret in the file that an option names. Throws failure.
secret read_secret_option(command_line const& from, char const* name);

// Percent-encodes all but unreserved characters (RFC 3986 section 2.3).
std::string encode_component(std::string_view text);

}  // namespace tokend
