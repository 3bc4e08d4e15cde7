#pragma once

#include "tokend/descriptor.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

using arguments = std::vector<std::string>;

// The real tokenctl, running with these descriptors as standard input, output and error.
class tokenctl
{
public:
    // With `user`, tokenctl runs as that user and group instead of the test's, which must be root.
    tokenctl(arguments const& given, int input, int output, int errors, std::optional<unsigned> user = {});
    ~tokenctl();  // kills tokenctl if it still runs
    tokenctl(tokenctl const&) = delete;

    int wait();  // its exit code, or 128 + the number of the signal that ended it
    pid_t pid() const noexcept { return pid_; }

private:
    pid_t pid_;
};

struct finished
{
    int code = -1;
    std::string output;
    std::string errors;
};

// Runs tokenctl with this text as its standard input.
finished run(arguments const& given, std::string_view input, std::optional<unsigned> user = {});

// tokenctl on a terminal.
class on_terminal
{
public:
    explicit on_terminal(arguments const& given);

    void wait_for(std::string_view prompt);  // reads its output up to the prompt, inclusive
    void type(std::string_view keys);
    bool echoes() const;
    pid_t pid() const noexcept { return running_.pid(); }
    int wait() { return running_.wait(); }
    std::string shown();  // its whole output. REQUIRES: wait() has returned

private:
    struct ends
    {
        int ours;
        int its;
    };
    on_terminal(arguments const& given, ends of);
    static ends open();
    bool read_some();

    plugin::descriptor ours_;
    plugin::descriptor its_;  // kept open: the terminal outlives the program, so that its state can be seen
    std::string shown_;
    tokenctl running_;
};

}  // namespace tokend::test
