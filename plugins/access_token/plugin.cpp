#include "access_token/access_tokens.hpp"
#include "common/file_plugin.hpp"
#include "common/hash_memory.hpp"

#include <array>
#include <string>

namespace tokend::plugin {
namespace {

constexpr std::array<tokend_option, 4> option_table{{
    {"table", TOKEND_OPTION_PATH, 1, nullptr,
     "file of access tokens, one a line; `tokenctl access-token add` explains its columns"},
    {"key", TOKEND_OPTION_SECRET, 1, nullptr,
     "key of the digests of codes: 64 hex digits, or at least 32 bytes of another kind"},
    {"check-interval", TOKEND_OPTION_DURATION, 0, "5s",
     "how often to look at the file where the system does not report changes, as on network file systems"},
    hash_memory_option,
}};

// Authentication codes, and identifiers with pass codes, from a text file.
class access_token_backend
{
public:
    access_token_backend(options const& given, host to)
        : host_{to},
          key_{given.text("key")},
          memory_{memory_for_hashes(given)},
          tokens_{std::string{given.text("table")}, check_interval(given), to, access_tokens::parse}
    {}

    void start() { tokens_.start(); }
    void stop() { tokens_.stop(); }
    void reload() { tokens_.reload(); }
    std::string health() { return tokens_.trouble(); }

    bool knows(question const& asked) const
    {
        return asked.kind == kind::code || tokens_.current()->find_identifier(asked.name) != nullptr;
    }
    void decoy(question const& asked)
    {
        auto const current = tokens_.current();
        auto const memory = memory_.take(current->memory_of_decoy());
        current->decoy(asked.secret);
    }
    void authenticate(question const& asked, tokend_ticket ticket)
    {
        auto const current = tokens_.current();  // owns what the answer points to
        if (asked.kind == kind::code)
            return answer(host_, ticket, current->check_code(asked.secret, key_, now()));
        auto const memory = memory_.take(current->memory_of(asked.name));
        answer(host_, ticket, current->check_identifier(asked.name, asked.secret, now()));
    }

    // A code is its secret, and without one the host does not ask.
    void explain(question const& asked, tokend_ticket ticket)
    {
        auto const current = tokens_.current();
        if (asked.kind == kind::code)
            return answer(host_, ticket, current->check_code(asked.secret, key_, now()));
        auto const* const found = current->find_identifier(asked.name);
        auto const told = tokens_.place_of(found == nullptr ? nullptr : &found->token);
        if (!asked.secret.empty())
        {
            auto const memory = memory_.take(current->memory_of(asked.name));
            return answer(host_, ticket, current->check_identifier(asked.name, asked.secret, now()), told);
        }
        auto const id = found == nullptr ? std::string{} : found->token.who.id;
        auto const owner = found == nullptr ? std::string{} : found->token.who.name;
        answer(host_, ticket, current->recheck(owner, id, now()), told);
    }

    void recheck(subject const& who, tokend_ticket ticket)
    {
        auto const current = tokens_.current();
        answer(host_, ticket, current->recheck(who.username, who.subject_id, now()));
    }

private:
    host const host_;
    code_key const key_;
    hash_memory memory_;
    source_file<access_tokens> tokens_;
};

}  // namespace
}  // namespace tokend::plugin

TOKEND_PLUGIN(tokend::plugin::access_token_backend,
              {.name = "access_token",
               .version = TOKEND_VERSION,
               .kinds = tokend::plugin::kind::code | tokend::plugin::kind::identifier,
               .blocking_kinds = tokend::plugin::kind::identifier,
               .options = tokend::plugin::option_table})
