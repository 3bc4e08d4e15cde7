#pragma once

#include "base/refusal.hpp"
#include "credential/verdict.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tokend {

// What a login would do, step by step. Holds no secret.
struct explanation
{
    struct step
    {
        std::string name;  // organisation, address, lock-out, backend, unit
        bool passed;       // the login goes on, or the backend accepts it
        std::string says;  // a sentence
        // Of a backend alone.
        std::string backend{};
        std::string verdict{};  // name_of() it, or "not asked"
        std::chrono::steady_clock::duration took{};
        std::vector<std::string> did{};  // the steps of the plugin
    };
    std::vector<step> steps{};
    bool secret_was_given = false;
    std::optional<refusal> refused{};  // what the client would get; the first reason counts. Nothing: a token
    identity who{};                    // on accept, like the two below
    std::string backend{};
    std::string unit{};

    void pass(std::string name, std::string says) { steps.push_back({std::move(name), true, std::move(says)}); }
    void refuse(refusal why)
    {
        if (!refused)
            refused = std::move(why);
    }
    void refuse(std::string name, std::string says, refusal why)
    {
        steps.push_back({std::move(name), false, std::move(says)});
        refuse(std::move(why));
    }
};

}  // namespace tokend
