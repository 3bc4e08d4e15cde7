#pragma once

#include "credential/credentials.hpp"
#include "credential/fair_queue.hpp"

#include <memory>
#include <string>

namespace tokend {

class backend;

// A login as backends see it. Shared, because a thread of the plugin may still read it after the deadline.
struct question
{
    std::shared_ptr<credentials const> presented;
    std::string organisation;  // in the configured spelling
    asker from;
    payer pays{};                        // for the work that it causes
    std::shared_ptr<backend> dearest{};  // whose decoy every refusal is to cost; null: none
};

// A user whom the backend has accepted before, and is asked about again.
struct subject
{
    std::string username;    // in the backend's spelling
    std::string subject_id;  // the backend's stable id; may be empty
    std::string organisation;
    std::string request_id;
};

}  // namespace tokend
