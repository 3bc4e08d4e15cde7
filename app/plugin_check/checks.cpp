#include "app/plugin_check/checks.hpp"

#include <array>

namespace tokend {
namespace {

constexpr std::array<check, 23> checks{{
    {"load", "tokend can load it", check_load, true},
    {"exports", "it exports its descriptor alone", check_exports},
    {"descriptor", "its descriptor makes sense", check_descriptor},
    {"options", "each option has a good name, help text and default", check_options_table},
    {"create", "it takes the options that were given", check_create, true},
    {"wrong-options", "it survives wrong options, and says in a line what is wrong", check_wrong_options},
    {"start", "it starts and stops", check_start, true},
    {"unknown", "it refuses names and secrets that nobody has", check_unknown},
    {"known", "it accepts the credentials that were given, and no others", check_known},
    {"at-once", "its functions return at once where they must", check_at_once},
    {"deadline", "it answers a question whose deadline has passed", check_deadline},
    {"cancel", "it answers a question that was cancelled", check_cancel},
    {"many", "it answers many questions at the same time", check_many},
    {"stop", "it stops while questions are open", check_stop},
    {"instances", "two instances are strangers to each other", check_instances},
    {"leaks", "it keeps no thread and no descriptor when it is destroyed", check_leaks},
    {"old-host", "it works in a tokend whose struct is shorter", check_old_host},
    {"health", "it says why it cannot answer", check_health},
    {"reload", "it reads its sources again", check_reload},
    {"recheck", "it finds users again, and only those that there are", check_recheck},
    {"explain", "it explains a login without a secret in it", check_explain},
    {"knows", "it denies only names that it refuses too", check_knows},
    {"decoy", "a decoy costs what a check costs", check_decoy},
}};

}  // namespace

std::span<check const> all_checks() noexcept { return checks; }

}  // namespace tokend
