#include "common/entry.hpp"
#include "access_token/access_tokens.hpp"
#include "common/watched_file.hpp"
#include "common/watcher.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace tokend::plugin {
namespace {

constexpr std::array<tokend_option, 3> option_table{{
    {"table", TOKEND_OPTION_PATH, 1, nullptr,
     "file of access tokens, one a line; `tokenctl access-token add` explains its columns"},
    {"key", TOKEND_OPTION_SECRET, 1, nullptr,
     "key of the digests of codes: 64 hex digits, or at least 32 bytes of another kind"},
    {"check-interval", TOKEND_OPTION_DURATION, 0, "1s", "how often to look whether the file was changed"},
}};

// Authentication codes, and identifiers with pass codes, from a text file.
class access_token_backend
{
public:
    access_token_backend(options const& given, host to)
        : host_{to},
          key_{given.text("key")},
          interval_{check_interval(given)},
          tokens_{std::string{given.text("table")}, access_tokens::parse}
    {}

    void start()
    {
        watcher_.emplace(interval_, [this] { look_again(tokens_, host_); });
    }
    void stop() { watcher_.reset(); }
    void reload() { tokens_.reload(); }

    void authenticate(question const& asked, tokend_ticket ticket)
    {
        auto const current = tokens_.current();  // holds what the answer points to
        answer(host_, ticket,
               asked.kind == TOKEND_KIND_CODE ? current->check_code(asked.secret, key_, now())
                                              : current->check_identifier(asked.name, asked.secret, now()));
    }

private:
    host const host_;
    code_key const key_;
    std::chrono::milliseconds const interval_;
    watched_file<access_tokens> tokens_;
    std::optional<watcher> watcher_;  // last: looks at all above
};

}  // namespace
}  // namespace tokend::plugin

TOKEND_PLUGIN(tokend::plugin::access_token_backend, {.name = "access_token",
                                                     .version = TOKEND_VERSION,
                                                     .kinds = TOKEND_KIND_CODE | TOKEND_KIND_IDENTIFIER,
                                                     .blocking_kinds = TOKEND_KIND_IDENTIFIER,
                                                     .options = tokend::plugin::option_table})
