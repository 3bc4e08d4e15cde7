#pragma once

#include "common/text_file.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace tokend::plugin {

// What a file held when it last was read without error: parsed once, immutable, shared. A file that has become
// unreadable or wrong changes nothing. Any thread.
template <class Content>
class watched_file
{
public:
    using parser = std::function<Content(std::string_view text, std::string const& path)>;  // throws file_error

    // Reads at once; throws file_error.
    watched_file(std::string path, parser parse) : path_{std::move(path)}, parse_{std::move(parse)} { read(); }

    std::string const& path() const noexcept { return path_; }

    std::shared_ptr<Content const> current() const
    {
        std::lock_guard const guard{swap_};
        return current_;
    }

    // Reads again if the file is not the one that was looked at last; true if there is new content. Throws file_error,
    // once for every change for the worse.
    bool refresh()
    {
        std::lock_guard const guard{reading_};
        if (stamp_of(path_) == seen_)
            return false;
        read();
        return true;
    }

    // Reads again, changed or not. Throws file_error.
    void reload()
    {
        std::lock_guard const guard{reading_};
        read();
    }

private:
    void read()
    {
        seen_ = stamp_of(path_);  // before what may throw
        auto const file = read_text_file(path_);
        seen_ = file.stamp;
        auto fresh = std::make_shared<Content const>(parse_(file.text, path_));
        std::lock_guard const guard{swap_};
        current_.swap(fresh);
    }

    std::string const path_;
    parser const parse_;
    std::mutex reading_;  // one reader of the file at a time
    file_stamp seen_;     // guarded by reading_
    mutable std::mutex swap_;
    std::shared_ptr<Content const> current_;  // guarded by swap_
};

}  // namespace tokend::plugin
