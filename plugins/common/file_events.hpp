#pragma once

#include "common/descriptor.hpp"

#include <optional>
#include <set>
#include <string>

namespace tokend::plugin {

// Returns true if a file there can change without an inotify event: on network file systems, and where a program or the
// kernel generates the content.
[[nodiscard]] bool is_remote(std::string const& path) noexcept;

// Reports by inotify that a path may now name another file, or a file with other content. Watches the file itself, and
// every link and every folder on the way to it. Not thread-safe.
class file_events
{
public:
    explicit file_events(std::string path);

    // Watches the current way to the file. A later change makes get() readable. Returns false if some changes could go
    // unnoticed; reason() is the cause.
    [[nodiscard]] bool watch();
    std::string const& reason() const noexcept { return reason_; }

    int get() const noexcept { return events_ ? events_->get() : -1; }  // for poll(2); -1 without inotify
    void drain() noexcept;                                              // discards all pending events

private:
    bool add(std::string const& path, unsigned mask, std::set<int>& watched);

    std::string const path_;
    std::optional<descriptor> events_;
    std::set<int> watched_;
    std::string reason_;
};

}  // namespace tokend::plugin
