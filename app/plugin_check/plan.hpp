#pragma once

#include "base/secret.hpp"
#include "credential/options.hpp"

#include "tokend/plugin.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tokend {

// What a client presents.
struct presented
{
    tokend_kind kind;
    std::string name;
    std::string secret;
};

// What is checked, and with what.
struct plan
{
    std::filesystem::path folder;  // of the plugin
    std::string name;
    std::vector<option_setting> settings;
    std::string where;             // of the settings, for reports
    std::vector<presented> known;  // credentials that the plugin must accept
    std::string organisation = "CHECK";
    std::string unit;
    std::chrono::milliseconds deadline{5000};  // of a question
    std::chrono::milliseconds limit{60000};    // of a check
};

}  // namespace tokend
