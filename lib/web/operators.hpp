#pragma once

#include "base/secret.hpp"
#include "web/client.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Who may administer, and what.
namespace tokend {

// What an operator may do. Each role may do what those before it may.
enum class role : unsigned char
{
    viewer,     // see sessions, lock-outs, backends
    operator_,  // end sessions and lock-outs
    admin       // see and reload the configuration
};
std::string_view to_string(role r) noexcept;  // "viewer", "operator", "admin"

// How an operator is known.
enum class operator_kind : unsigned char
{
    user,         // of this system, at the other end of a Unix socket
    group,        // likewise
    certificate,  // its subject
    bearer        // the token of [admin] token-file
};

// One rule: ROLE[@ORGANISATION,...] KIND[:NAME], as in "operator@ACME,CRMDEMO group:support".
struct operator_rule
{
    // Returns nothing for a text of another form.
    static std::optional<operator_rule> parse(std::string_view text);
    std::string text() const;

    tokend::role role = tokend::role::viewer;
    std::vector<std::string> organisations{};  // ids of sections; empty: all there are
    operator_kind kind = operator_kind::user;
    std::string name{};  // of the user or the group, or its number; the subject of the certificate (RFC 4514)

    bool operator==(operator_rule const&) const = default;
};

// What one operator may do, by all rules that name it. Keeps what it needs of them.
class permits
{
public:
    // In that organisation, by its name.
    bool allow(role r, std::string_view organisation) const noexcept;
    // Whatever organisation it concerns, and what concerns none.
    bool allow_everywhere(role r) const noexcept;
    // In one organisation at least.
    bool allow_somewhere(role r) const noexcept;

    bool is_known() const noexcept { return !name_.empty(); }
    // For the audit log: "uid 1000", "certificate CN=ops", "bearer". Empty: the client has not shown who it is.
    std::string const& name() const noexcept { return name_; }

    struct grant
    {
        tokend::role role;
        std::vector<std::string> organisations;  // names; empty: all
    };
    std::vector<std::shared_ptr<grant const>> const& grants() const noexcept { return grants_; }

private:
    friend class operators;

    std::vector<std::shared_ptr<grant const>> grants_;
    std::string name_;
};

// The rules, resolved: names of users and groups are numbers, and ids of organisations names. Immutable.
class operators
{
public:
    struct resolved_rule
    {
        operator_rule rule;
        std::uint32_t number = 0;                // of the user or the group
        std::vector<std::string> organisations;  // by name
    };

    operators() = default;
    // `bearer`: empty if nobody may use one.
    operators(std::vector<resolved_rule> rules, secret bearer);

    // `presented` is the token of `Authorization: Bearer`, or empty. It is compared in constant time.
    permits permits_of(client const& from, std::string_view presented) const;

private:
    struct entry
    {
        operator_kind kind;
        std::uint32_t number;
        std::string subject;
        std::shared_ptr<permits::grant const> grant;
    };
    bool is_bearer(std::string_view presented) const noexcept;

    std::vector<entry> entries_;
    secret bearer_;
};

}  // namespace tokend
