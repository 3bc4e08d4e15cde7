#pragma once

#include "base/secret.hpp"
#include "command_line.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace tokend {

// Where the running tokend takes the calls of operators, and how this one shows who it is.
struct admin_address
{
    std::string where;  // "unix:/run/tokend/admin.sock" or "127.0.0.1:9180"
    secret token{};     // for `Authorization: Bearer`; empty: none
};

// --admin --token-file
void add_admin_options(boost::program_options::options_description& to);
// The option, or the variable TOKEND_ADMIN, or the socket of the package. Throws failure if the token cannot be read.
admin_address read_admin_address(command_line const& from);

// Calls methods of administration, one connection each.
class admin_client
{
public:
    explicit admin_client(admin_address to) : to_{std::move(to)} {}

    // Returns `data` of the answer. Throws failure: `unavailable` if nobody answers or tokend cannot do it now,
    // `refused` if this operator may not do it, `usage` for a parameter that tokend does not take.
    boost::json::object call(std::string_view verb, std::string const& target,
                             boost::json::object const& body = {}) const;
    // Returns the whole answer to GET of a path that has no envelope, and its status.
    std::pair<unsigned, std::string> get(std::string const& target) const;

private:
    admin_address to_;
};

// Percent-encodes all but unreserved characters (RFC 3986 section 2.3).
std::string encode_component(std::string_view text);

}  // namespace tokend
