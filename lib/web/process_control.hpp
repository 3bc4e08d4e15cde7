#pragma once

#include <functional>
#include <string>
#include <vector>

namespace tokend {

class metrics_text;

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

    // Appends what the process knows besides: tokens, the tokens file, listeners, certificates, reloads, itself.
    virtual void append_metrics(metrics_text& to) = 0;

protected:
    ~process_control() = default;
};

}  // namespace tokend
