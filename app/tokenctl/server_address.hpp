#pragma once

#include <string>
#include <string_view>

namespace tokend {

// Where a tokend is reached: http://127.0.0.1:8080, https://tokend.example.com, unix:/run/tokend/admin.sock. An address
// without a scheme, 127.0.0.1:9180, is one of http.
struct server_address
{
    static server_address parse(std::string const& text);  // throws failure

    bool is_unix() const noexcept { return !path.empty(); }
    std::string host_field() const;  // for the header field Host

    std::string text;  // as it was given
    bool is_tls = false;
    std::string path{};  // of the Unix socket; else empty
    std::string host{};  // a name or an address, IPv6 without brackets
    std::string port{};
};

}  // namespace tokend
