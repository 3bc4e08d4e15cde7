#pragma once

#include "ldap/task.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tokend::plugin::ldap {

// One question about a user: its end, and where its steps are told if an operator asks.
struct inquiry
{
    time_point until;
    std::vector<std::string>* told = nullptr;  // null: nobody listens

    bool is_heard() const noexcept { return told != nullptr; }
    void tell(std::string step) const
    {
        if (told != nullptr)
            told->push_back(std::move(step));
    }
};

}  // namespace tokend::plugin::ldap
