#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

// Finds out whether others could change a file, or read a secret one. The host and its plugins judge the files that
// people edit by these rules, which are those of sshd's StrictModes except for sticky folders.
namespace tokend::plugin {

// A folder, link or file on the way to a path.
struct path_step
{
    std::string path;
    struct stat status;  // of the link itself if it is one
};

struct path_walk
{
    std::vector<path_step> steps;  // from "/" on; if complete(), the last is what the path names
    std::string missing;           // the first step that cannot be read; empty if complete()
    int error = 0;                 // errno for `missing`
    bool complete() const noexcept { return missing.empty(); }
};

// Returns every step that the kernel takes to a path, through every link.
inline path_walk walk(std::string const& path)
{
    namespace fs = std::filesystem;
    path_walk way;
    fs::path at = "/";
    std::deque<std::string> rest;
    auto const look_at = [&](fs::path const& next) {
        auto& step = way.steps.emplace_back(path_step{next.string(), {}});
        if (::lstat(next.c_str(), &step.status) == 0)
            return true;
        way.error = errno;
        way.missing = next.string();
        way.steps.pop_back();
        return false;
    };
    std::error_code ignored;
    auto const full = fs::path{path}.is_absolute() ? fs::path{path} : fs::current_path(ignored) / path;
    for (auto const& name : full.relative_path())
        rest.push_back(name.string());
    if (!look_at(at))
        return way;
    for (int links = 0; !rest.empty();)
    {
        auto const name = std::move(rest.front());
        rest.pop_front();
        if (name.empty() || name == ".")
            continue;
        if (name == "..")
        {
            at = at.parent_path();
            continue;
        }
        if (!look_at(at / name))
            return way;
        if (!S_ISLNK(way.steps.back().status.st_mode))
        {
            at /= name;
            continue;
        }
        auto const target = fs::read_symlink(at / name, ignored);
        if (ignored || ++links > 40)
        {
            way.error = ELOOP;
            way.missing = (at / name).string();
            return way;
        }
        std::deque<std::string> of_target;
        for (auto const& part : target.relative_path())
            of_target.push_back(part.string());
        rest.insert(rest.begin(), of_target.begin(), of_target.end());
        if (target.is_absolute())
            at = "/";
    }
    return way;
}

enum class secrecy
{
    none,
    secret  // others must not read it either, but its group may
};

// Returns what is wrong with the owner or mode of one step; empty if nothing is. A sticky folder may be writable by
// all, as /tmp is: only a file's owner can rename or remove it there. sshd refuses such a folder.
inline std::string loose_step(path_step const& step, std::string const& path, secrecy kind, uid_t owner)
{
    auto const& s = step.status;
    bool const is_folder = S_ISDIR(s.st_mode);
    auto const above = is_folder && step.path != path ? " (above " + path + ")" : std::string{};
    if (s.st_uid != 0 && s.st_uid != owner)
        return step.path + above + ": belongs to user " + std::to_string(s.st_uid) + ", but only root and user " +
               std::to_string(owner) + " may own it; chown " + std::to_string(owner) + ' ' + step.path;
    if (S_ISLNK(s.st_mode))
        return {};
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(s.st_mode & 07777));
    auto const begin = step.path + above + ": mode " + mode.data() + ", ";
    bool const sticky = is_folder && (s.st_mode & S_ISVTX) != 0;
    if ((s.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !sticky)
        return begin + "writable by others than its owner; chmod go-w " + step.path;
    if (kind == secrecy::secret && !is_folder && (s.st_mode & S_IRWXO) != 0)
        return begin + "a secret that others may read; chmod o-rwx " + step.path;
    return {};
}

// Returns why users other than root and `owner` could change what `path` names, or read it if it is secret: the file,
// folder or link at fault, its mode, and the command that mends it. Empty if they cannot, and if there is no such file.
inline std::string loose_mode(std::string const& path, secrecy kind, uid_t owner = ::geteuid())
{
    for (auto const& step : walk(path).steps)
        if (auto mistake = loose_step(step, path, kind, owner); !mistake.empty())
            return mistake;
    return {};
}

}  // namespace tokend::plugin
