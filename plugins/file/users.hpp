#pragma once

#include "common/account.hpp"
#include "common/by_name.hpp"
#include "common/password.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::plugin {

// The comment at the head of a new users file: it explains the columns.
extern std::string_view const users_file_header;

struct user
{
    account who;
    password_hash hash;
    bool is_disabled = false;
    bool is_locked = false;
    std::size_t line = 0;  // of the file
};

// A users file, `username:hash:units:default unit:groups:flags`. An htpasswd file with bcrypt hashes is one, too.
// Immutable; thread-safe.
class users
{
public:
    // `fallback` are the units of users whose line names none; null if they are not known here. Throws file_error.
    static users parse(std::string_view text, std::string const& file, std::vector<std::string> const* fallback);

    std::size_t size() const noexcept { return users_.size(); }
    bool is_meant_empty() const noexcept { return is_meant_empty_; }
    user const* find(std::string_view name) const noexcept { return plugin::find(users_, name); }
    by_name<user> const& all() const noexcept { return users_; }

    // Checks the secret first, so that a wrong one reveals nothing about the account. An unknown name, or a locked
    // hash, takes as long as a decoy. Computes for long. Throws what password_hash::matches() throws.
    judgement check(std::string_view name, std::string_view secret, instant now) const;

    // The memory of check() for that name, and of decoy(), in bytes.
    std::uint64_t memory_of(std::string_view name) const noexcept;
    std::uint64_t memory_of_decoy() const noexcept { return decoy_.memory(); }

    // Computes what the costliest check costs.
    void decoy(std::string_view secret) const { static_cast<void>(decoy_.matches(secret)); }

    // Judges a user who was accepted before, without a secret. Returns at once. A user without a hash is locked.
    judgement recheck(std::string_view name, instant now) const;

private:
    users(by_name<user> all, bool is_meant_empty);

    by_name<user> users_;
    bool is_meant_empty_;
    password_hash decoy_;
};

}  // namespace tokend::plugin
