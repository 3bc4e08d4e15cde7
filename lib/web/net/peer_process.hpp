#pragma once

#include "web/client.hpp"

#include <memory>

namespace tokend {

// Asks the kernel which user, with which groups, has connected to a Unix socket. Returns null if it does not say, as
// for a process outside this user namespace (then the number of the user stands for nobody in particular).
std::shared_ptr<unix_peer const> process_behind(int socket);

}  // namespace tokend
