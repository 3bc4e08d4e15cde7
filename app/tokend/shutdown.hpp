#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace tokend {

// Blocks the signals that a shutdown obeys, for this thread and all that it starts. Ignores SIGPIPE and SIGXFSZ, so
// that write() returns an error instead. Must be the first call of main(): the kernel then keeps early signals.
void block_signals() noexcept;
// Undoes that, for actions that end by themselves.
void unblock_signals() noexcept;

// Handles the signals of the process, and its end. One thread waits for signals as long as the process runs. The first
// stop signal starts a time limit, within which the process should end by itself. When the limit has passed, the thread
// saves what it can and calls _exit(), which destroys nothing that may still be in use. So a plugin, a disk or a reader
// of the log that hangs cannot delay the stop. Thread-safe. REQUIRES: block_signals() was called, and there is one
// object of this type.
class shutdown
{
public:
    shutdown();
    shutdown(shutdown const&) = delete;

    // Sets the time from the first stop signal to the end. Has no effect after the stop has begun.
    void set_limit(std::chrono::milliseconds limit);

    struct duties
    {
        std::function<void(int signal)> obey;  // for the first stop signal, and for each other signal; brief
        std::function<void()> save;            // when the limit has passed; may hang
    };
    // Also calls `obey` for the signals that came before.
    void connect(duties of);
    // Calls neither function from now on. Does not return if `save` is running, because the process is about to end.
    void disconnect() noexcept;

    // Starts the time limit without a signal, unless it has started. If it passes, the exit status is 70.
    void begin() noexcept;

private:
    class watch;
    std::shared_ptr<watch> watch_;  // shared with the thread, which is never joined
};

}  // namespace tokend
