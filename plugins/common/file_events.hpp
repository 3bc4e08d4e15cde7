#pragma once

#include "common/descriptor.hpp"

#include <optional>
#include <set>
#include <string>

namespace tokend::plugin {

// Whether what is there can change without an event: network file systems, and those that a program or the kernel makes
// up.
bool is_remote(std::string const& path) noexcept;

// Reports by inotify that a path may name another file, or a file with other content: the file itself, every link and
// every folder on the way to it is watched. Not thread-safe.
class file_events
{
public:
    explicit file_events(std::string path);

    // Watches the way to the file as it is now. Changes after this call make get() readable. Returns false if some of
    // them could go unnoticed; reason() then says why.
    bool watch();
    std::string const& reason() const noexcept { return reason_; }

    int get() const noexcept { return events_ ? events_->get() : -1; }  // for poll(2); -1: there is none
    void drain() noexcept;                                              // takes all events that are there

private:
    bool add(std::string const& path, unsigned mask, std::set<int>& watched);

    std::string const path_;
    std::optional<descriptor> events_;
    std::set<int> watched_;
    std::string reason_;
};

}  // namespace tokend::plugin
