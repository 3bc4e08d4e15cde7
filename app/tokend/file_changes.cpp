#include "app/tokend/file_changes.hpp"

#include <sys/stat.h>

#include <utility>

namespace tokend {

file_changes::file_changes(std::vector<std::filesystem::path> files)
    : files_{std::move(files)}, known_{versions()}, last_seen_{known_}
{}

bool file_changes::look()
{
    auto const before = std::exchange(last_seen_, versions());
    if (last_seen_ != before || last_seen_ == known_)
        return false;
    known_ = last_seen_;
    return true;
}

std::vector<file_changes::version> file_changes::versions() const
{
    std::vector<version> all;
    for (auto const& file : files_)
    {
        struct stat s
        {};
        if (::stat(file.c_str(), &s) == 0)
            all.emplace_back(s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec * 1'000'000'000LL + s.st_mtim.tv_nsec);
        else
            all.emplace_back();
    }
    return all;
}

}  // namespace tokend
