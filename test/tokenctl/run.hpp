#pragma once

#include "common/descriptor.hpp"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

using arguments = std::vector<std::string>;

// tokenctl itself, running with these for standard input, output and error.
class tokenctl
{
public:
    tokenctl(arguments const& given, int input, int output, int errors);
    ~tokenctl();  // kills it if it still runs
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

// A run of it with this as its whole standard input.
finished run(arguments const& given, std::string_view input);

// A run of it on a terminal.
class on_terminal
{
public:
    explicit on_terminal(arguments const& given);

    void wait_for(std::string_view prompt);  // reads what it shows, up to and with the prompt
    void type(std::string_view keys);
    bool echoes() const;
    pid_t pid() const noexcept { return running_.pid(); }
    int wait() { return running_.wait(); }
    std::string shown();  // all that it has shown; after wait() only

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
