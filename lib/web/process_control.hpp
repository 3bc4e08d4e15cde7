#pragma once

#include "tls/validity.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace tokend {

class metrics_text;

// The process as a whole, at one moment.
struct process_status
{
    struct listener
    {
        std::string name;
        std::vector<std::string> addresses;
        bool has_tls = false;
        std::size_t connections = 0;
        std::size_t max_connections = 0;
        std::vector<certificate_summary> certificates{};
    };

    std::chrono::sys_seconds started_at;
    std::size_t live_tokens = 0;             // with expired ones that are not swept yet
    std::size_t capacity = 0;                // in tokens
    std::chrono::sys_seconds configured_at;  // when the configuration that runs was read
    bool reload_was_good = true;             // the last one
    std::vector<listener> listeners{};
};

// What operators may ask of the process as a whole. Thread-safe. The calls to `done` come from any thread, and come
// without memory too.
class process_control
{
public:
    // Gives the configuration that runs, as `tokend --print-config` prints it. It holds no secret.
    virtual void print_configuration(std::function<void(std::string)> done) = 0;
    // Reads the configuration again. Gives the mistakes for which it is refused: "tokend.conf:12: what is wrong". None:
    // it runs now.
    virtual void reload(std::function<void(std::vector<std::string>)> done) = 0;

    virtual process_status describe() = 0;
    // Appends what the process knows besides: tokens, the tokens file, listeners, certificates, reloads, itself.
    virtual void append_metrics(metrics_text& to) = 0;

protected:
    ~process_control() = default;
};

}  // namespace tokend
