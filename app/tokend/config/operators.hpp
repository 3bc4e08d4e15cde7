#pragma once

#include "app/tokend/config/certificates.hpp"
#include "app/tokend/config/configuration.hpp"
#include "app/tokend/config/rules.hpp"
#include "web/operators.hpp"

#include <vector>

// The rules of [admin].
namespace tokend {

// Makes the operators of a configuration, with the user that this process runs as, who may do all. Reads the token
// file. Throws std::runtime_error for the first mistake that wrong_operators() finds.
operators make_operators(configuration const& config);

// Users, groups and organisations that there are not, a token that is too short, and files that cannot be read or that
// others may read. A credential that is hidden from this process is left out unless it is needed.
std::vector<broken_rule> wrong_operators(configuration const& config, secret_files secrets);

}  // namespace tokend
