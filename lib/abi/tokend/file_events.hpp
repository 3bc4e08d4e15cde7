#pragma once

#include "tokend/descriptor.hpp"
#include "tokend/protection.hpp"

#include <linux/magic.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace tokend::plugin {

// Returns true if a file there can change without an inotify event: on network file systems, and where a program or the
// kernel generates the content.
[[nodiscard]] inline bool is_remote(std::string const& path) noexcept;

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

namespace detail {

inline constexpr unsigned of_file = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
inline constexpr unsigned of_folder = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
// For a folder that holds a link or the file. Without IN_MODIFY: the tokens file may be in the same folder.
inline constexpr unsigned of_names = of_folder | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE;

inline std::string folder_of(std::string const& path) { return std::filesystem::path{path}.parent_path().string(); }

}  // namespace detail

inline bool is_remote(std::string const& path) noexcept
{
    constexpr std::array<long, 11> kinds{
        NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,        FUSE_SUPER_MAGIC, V9FS_MAGIC,
        AFS_SUPER_MAGIC, CODA_SUPER_MAGIC, CEPH_SUPER_MAGIC, 0x786f4256 /* vboxsf */, PROC_SUPER_MAGIC};
    struct statfs s
    {};
    return ::statfs(path.c_str(), &s) == 0 && std::find(kinds.begin(), kinds.end(), s.f_type) != kinds.end();
}

inline file_events::file_events(std::string path) : path_{std::move(path)} {}

inline bool file_events::add(std::string const& path, unsigned mask, std::set<int>& watched)
{
    int const watch = ::inotify_add_watch(get(), path.c_str(), mask | IN_MASK_ADD | IN_DONT_FOLLOW);
    if (watch >= 0)
        watched.insert(watch);
    else if (errno != ENOENT && errno != ENOTDIR)  // gone meanwhile: the folder that held it reports that
        reason_ = path + ": " + std::generic_category().message(errno);
    return watch >= 0;
}

inline bool file_events::watch()
{
    reason_.clear();
    if (get() < 0)
        events_.emplace(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (get() < 0)
    {
        reason_ = "inotify: " + std::generic_category().message(errno);
        return false;
    }
    std::set<int> watched;
    // Twice: the first pass watches the folders, so that a change after the second walk is an event.
    for (int again = 0; again < 2; ++again)
    {
        auto const way = walk(path_);
        for (auto const& step : way.steps)
        {
            bool const is_link = S_ISLNK(step.status.st_mode);
            bool const is_last = way.complete() && &step == &way.steps.back();
            if (is_link || is_last)
                add(detail::folder_of(step.path), detail::of_names, watched);
            if (!is_link)
                add(step.path, is_last && !S_ISDIR(step.status.st_mode) ? detail::of_file : detail::of_folder, watched);
            if (reason_.empty() && is_remote(step.path))
                reason_ = step.path + ": a file system that can change without notice";
        }
        if (!way.complete())
            add(detail::folder_of(way.missing), detail::of_names, watched);
    }
    for (int const old : watched_)
        if (!watched.contains(old))
            ::inotify_rm_watch(get(), old);
    watched_ = std::move(watched);
    return reason_.empty();
}

inline void file_events::drain() noexcept
{
    alignas(inotify_event) std::array<char, 4096> ignored;
    while (::read(get(), ignored.data(), ignored.size()) > 0)
        ;
}

}  // namespace tokend::plugin
