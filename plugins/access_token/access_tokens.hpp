#pragma once

#include "access_token/code_key.hpp"
#include "common/account.hpp"
#include "common/by_name.hpp"
#include "common/password.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin {

// The comment at the head of a new table: it explains the columns.
extern std::string_view const access_tokens_header;

struct access_token
{
    account who;  // its name is the owner, else the identifier, never the code; its id identifies the record
    bool is_effective = false;
    std::optional<instant> begins;  // not usable before
    std::size_t line = 0;           // of the file
};

struct identified_token
{
    access_token token;
    password_hash pass_code;
};

// A table of access tokens, `identifier:secret:state:owner:units:default unit:groups:not before:not after:flags`.
// Immutable; thread-safe.
class access_tokens
{
public:
    static access_tokens parse(std::string_view text, std::string const& file);  // throws file_error
    access_tokens(access_tokens&&) = default;  // not copied: by_owner_ points into the other members

    std::size_t size() const noexcept { return by_identifier_.size() + by_digest_.size(); }
    bool is_meant_empty() const noexcept { return is_meant_empty_; }
    bool has_codes() const noexcept { return !by_digest_.empty(); }
    identified_token const* find_identifier(std::string_view id) const noexcept
    {
        return plugin::find(by_identifier_, id);
    }
    access_token const* find_code(std::string_view digest) const noexcept { return plugin::find(by_digest_, digest); }

    std::vector<access_token const*> all() const;  // in no order

    // Takes microseconds: one digest and one look-up.
    judgement check_code(std::string_view code, code_key const& key, instant now) const;

    // Checks the pass code first, so that a wrong one reveals nothing about the record. An unknown identifier takes as
    // long as a decoy. Computes for long. Throws what password_hash::matches() throws.
    judgement check_identifier(std::string_view identifier, std::string_view pass_code, instant now) const;

    // The memory of check_identifier() for that identifier, and of decoy(), in bytes.
    std::uint64_t memory_of(std::string_view identifier) const noexcept;
    std::uint64_t memory_of_decoy() const noexcept { return decoy_.memory(); }

    // Computes what the costliest check of a pass code costs.
    void decoy(std::string_view pass_code) const { static_cast<void>(decoy_.matches(pass_code)); }

    // Judges somebody who was accepted before, without a secret. `id` is the account's; empty if the token is older
    // than ids. Returns at once.
    judgement recheck(std::string_view owner, std::string_view id, instant now) const;

private:
    access_tokens(by_name<identified_token> identified, by_name<access_token> codes, bool is_meant_empty);
    judgement recheck_owner(std::string_view owner, instant now) const;

    by_name<identified_token> by_identifier_;
    by_name<access_token> by_digest_;
    by_name<std::vector<access_token const*>> by_owner_;  // every record of both maps
    bool is_meant_empty_;
    password_hash decoy_;
};

}  // namespace tokend::plugin
