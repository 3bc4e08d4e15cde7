#include "common/entry.hpp"
#include "common/watched_file.hpp"
#include "common/watcher.hpp"
#include "file/users.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tokend::plugin {
namespace {

constexpr std::array<tokend_option, 3> option_table{{
    {"users", TOKEND_OPTION_PATH, 1, nullptr,
     "file of username:hash:units:default unit:groups:flags, or an htpasswd file"},
    {"units", TOKEND_OPTION_LIST, 0, nullptr, "units of the users whose line names none"},
    {"check-interval", TOKEND_OPTION_DURATION, 0, "1s", "how often to look whether the file was changed"},
}};

// Users and passwords from a text file.
class file_backend
{
public:
    file_backend(options const& given, host to)
        : host_{to},
          units_{given.list("units")},
          interval_{check_interval(given)},
          users_{std::string{given.text("users")},
                 [this](std::string_view text, std::string const& path) { return users::parse(text, path, &units_); }}
    {}

    void start()
    {
        watcher_.emplace(interval_, [this] { look_again(users_, host_); });
    }
    void stop() { watcher_.reset(); }
    void reload() { users_.reload(); }

    void authenticate(question const& asked, tokend_ticket ticket)
    {
        auto const current = users_.current();  // holds what the answer points to
        answer(host_, ticket, current->check(asked.name, asked.secret, now()));
    }

private:
    host const host_;
    std::vector<std::string> const units_;
    std::chrono::milliseconds const interval_;
    watched_file<users> users_;
    std::optional<watcher> watcher_;  // last: looks at all above
};

}  // namespace
}  // namespace tokend::plugin

TOKEND_PLUGIN(tokend::plugin::file_backend, {.name = "file",
                                             .version = TOKEND_VERSION,
                                             .kinds = TOKEND_KIND_PASSWORD,
                                             .blocking_kinds = TOKEND_KIND_PASSWORD,
                                             .options = tokend::plugin::option_table})
