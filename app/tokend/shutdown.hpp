#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace tokend {

// Blocks the signals that a shutdown obeys, for this thread and all that it starts, and ignores SIGPIPE and SIGXFSZ,
// which are errors of write() then. The first call of main(): a signal that comes before somebody waits for it is kept.
void block_signals() noexcept;
// Undoes the blocking, for actions that end by themselves.
void unblock_signals() noexcept;

// The signals of the process, and the end of it. One thread waits for signals until the process has ended. From the
// first stop signal on the process has a time limit to end by itself; past it the thread saves what can be saved and
// leaves by _exit(), destroying nothing that may still be in use. So nothing that hangs, be it a plugin, a disk or a
// reader of the log, holds up the stop. REQUIRES: block_signals() was called, and there is one object of this type.
// Thread-safe.
class shutdown
{
public:
    shutdown();
    shutdown(shutdown const&) = delete;

    // From the first stop signal to the end. Has no effect once the stop has begun.
    void set_limit(std::chrono::milliseconds limit);

    struct duties
    {
        std::function<void(int signal)> obey;  // once for the first stop signal, and for each other; brief
        std::function<void()> save;            // past the limit; may hang
    };
    // Signals that came before are obeyed now.
    void connect(duties of);
    // Neither runs from now on. Does not return if `save` is running: then the process ends.
    void disconnect() noexcept;

    // The process is to end without a signal: its time begins now, unless it has begun. Past it the exit status is 70.
    void begin() noexcept;

private:
    class watch;
    std::shared_ptr<watch> watch_;  // the thread holds it too, and is never joined
};

}  // namespace tokend
