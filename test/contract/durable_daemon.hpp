#pragma once

#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tokend::test {

// Daemons that run one after the other with the same tokens file, in a folder of their own. Every login succeeds, as
// `somebody`: at FIXED for an hour, at SLIDING for a minute from the last use, at BRIEF for a second.
class durable_daemons
{
public:
    explicit durable_daemons(std::string const& capacity = "20000");

    std::filesystem::path file() const { return folder_.path() / "tokens"; }
    daemon_options options(std::vector<std::string> arguments = {}) const;

private:
    temporary_folder folder_;
    std::filesystem::path configuration_;
};

}  // namespace tokend::test
