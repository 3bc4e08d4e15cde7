#pragma once

#include "support/raw_client.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

// The vocabulary of the contract's tests: requests as clients send them, and checks that hold for every answer.
namespace tokend::test {

// The demonstration data.
inline constexpr std::string_view first_unit = "EE63A82C4FEBE02FF34E90DD1EBA5ABE";
inline constexpr std::string_view second_unit = "5B0C1D7E2F384A6990ABCDEF12345678";
inline constexpr std::string_view administrator =
    R"({"username":"mpadministrator","password":"1234","organisation":"CRMDEMO"})";
inline constexpr std::string_view acme_administrator =
    R"({"username":"mpadministrator","password":"other-secret","organisation":"ACME"})";

inline constexpr std::string_view issue_path = "/authentication/token";
inline constexpr std::string_view release_path = "/authentication/token/release";
inline constexpr std::string_view validate_path = "/authentication/token/validate";
inline constexpr std::string_view renew_path = "/authentication/token/renew";
inline constexpr std::string_view switch_path = "/authentication/token/switch_unit";
inline constexpr std::string_view api_key_path = "/authentication/web_api_key/token";

inline constexpr std::string_view unknown_token = "00000000000000000000000000000000";
inline constexpr std::string_view get_health = "GET /healthz HTTP/1.1\r\nHost: tokend\r\n\r\n";

// `headers` are whole lines with their line ends. A Content-Length is added if there is a body; nothing else is.
std::string request(std::string_view verb, std::string_view target, std::string_view headers = {},
                    std::string_view body = {});
std::string get(std::string_view target, std::string_view headers = {});
std::string post(std::string_view target, std::string_view body, std::string_view headers = {});  // as application/json
std::string bearer(std::string_view token);                                                       // a header line
std::string token_body(std::string_view token, std::string_view more_members = {});               // {"token":"...",...}

std::string error_body(std::string_view code, std::string_view message, std::string_view description = {});
std::string_view message_of(std::string_view code);  // the code's sentence in status.message

// Checks the headers that every answer carries, and that no other header reveals the server.
void check_headers(answer const& a);
// Checks all of a refusal: status, body byte for byte, and the headers that belong to the status.
void check_error(answer const& a, int status, std::string_view code, std::string_view description = {});
// The same for a body that is not a JSON object: that row of the table has its own message.
void check_bad_body(answer const& a);
// Checks the envelope of a successful answer and returns its data.
boost::json::object check_ok(answer const& a);

bool is_token(std::string_view text);     // 32 upper-case hex digits
bool is_accessor(std::string_view text);  // 22 characters base64url
bool is_rfc3339(std::string_view text);   // UTC, whole seconds

// Returns a new token; the login must succeed.
std::string issue_token(std::string const& address, std::string_view body = administrator);
// Returns true if the token is live.
bool is_active(std::string const& address, std::string_view token);

}  // namespace tokend::test
