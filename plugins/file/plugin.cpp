#include "common/file_plugin.hpp"
#include "common/hash_memory.hpp"
#include "file/users.hpp"

#include <array>
#include <string>
#include <vector>

namespace tokend::plugin {
namespace {

constexpr std::array<tokend_option, 4> option_table{{
    {"users", TOKEND_OPTION_PATH, 1, nullptr,
     "file of username:hash:units:default unit:groups:flags, or an htpasswd file"},
    {"units", TOKEND_OPTION_LIST, 0, nullptr, "units of the users whose line names none"},
    {"check-interval", TOKEND_OPTION_DURATION, 0, "5s",
     "how often to look at the file where the system does not report changes, as on network file systems"},
    hash_memory_option,
}};

// Users and passwords from a text file.
class file_backend
{
public:
    file_backend(options const& given, host to)
        : host_{to},
          units_{given.list("units")},
          memory_{memory_for_hashes(given)},
          users_{std::string{given.text("users")}, check_interval(given), to,
                 [this](std::string_view text, std::string const& path) { return users::parse(text, path, &units_); }}
    {}

    void start() { users_.start(); }
    void stop() { users_.stop(); }
    void reload() { users_.reload(); }
    std::string health() { return users_.trouble(); }

    bool knows(question const& asked) const { return users_.current()->find(asked.name) != nullptr; }
    void decoy(question const& asked)
    {
        auto const current = users_.current();
        auto const memory = memory_.take(current->memory_of_decoy());
        current->decoy(asked.secret);
    }
    void authenticate(question const& asked, tokend_ticket ticket)
    {
        auto const current = users_.current();  // owns what the answer points to
        auto const memory = memory_.take(current->memory_of(asked.name));
        answer(host_, ticket, current->check(asked.name, asked.secret, now()));
    }

    void explain(question const& asked, tokend_ticket ticket)
    {
        auto const current = users_.current();
        auto const memory = memory_.take(asked.secret.empty() ? 0 : current->memory_of(asked.name));
        answer(host_, ticket,
               asked.secret.empty() ? current->recheck(asked.name, now())
                                    : current->check(asked.name, asked.secret, now()),
               users_.place_of(current->find(asked.name)));
    }

    void recheck(subject const& who, tokend_ticket ticket)
    {
        auto const current = users_.current();
        answer(host_, ticket, current->recheck(who.username, now()));
    }

private:
    host const host_;
    std::vector<std::string> const units_;
    hash_memory memory_;
    source_file<users> users_;  // last: parsing uses the units
};

}  // namespace
}  // namespace tokend::plugin

TOKEND_PLUGIN(tokend::plugin::file_backend, {.name = "file",
                                             .version = TOKEND_VERSION,
                                             .kinds = tokend::plugin::kind::password,
                                             .blocking_kinds = tokend::plugin::kind::password,
                                             .options = tokend::plugin::option_table})
