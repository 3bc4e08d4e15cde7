#pragma once

#include "abuse/audited_tokend.hpp"
#include "support/answer.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// The token of the rules of kind bearer.
inline constexpr std::string_view operator_token = "3f6c0d1e5a794b28c1d0e9f8a7b6c5d4";

// A tokend with the demonstration's users, an audit log, and two listeners for operators. On the Unix socket the user
// of the test may do all. On TCP a bearer has the role of `grant`: "viewer", "operator@ACME".
class administered_tokend
{
public:
    // `more` stands behind the configuration, and `arguments` override it.
    explicit administered_tokend(std::string const& grant = "admin", std::string const& more = {},
                                 std::vector<std::string> arguments = {});

    audited_tokend& served() { return tokend_; }
    std::string const& address() const { return tokend_.address(); }
    std::string const& unix_address() const noexcept { return unix_; }
    std::string const& tcp_address() const noexcept { return tcp_; }

    // Gives the bearer another role, by a reload.
    void grant(std::string const& role);

    // Asks as the user of the test, who may do all; and as the bearer.
    answer ask_as_admin(std::string_view request) const;
    answer ask_as_bearer(std::string_view verb, std::string_view target, std::string_view body = {},
                         std::string_view token = operator_token) const;

private:
    static std::string sections(std::string const& unix_address, std::string const& grant);

    std::string const more_;
    temporary_folder sockets_;
    std::string const unix_;
    audited_tokend tokend_;
    std::string tcp_;
};

// A member of an object as text.
std::string text(boost::json::object const& from, std::string_view name);

}  // namespace tokend::test
