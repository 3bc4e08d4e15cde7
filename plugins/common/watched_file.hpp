#pragma once

#include "common/file_error.hpp"
#include "common/text_file.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace tokend::plugin {

// The content of a file when it was last read without error: parsed once, immutable, and shared. It stays in force if
// the file becomes unreadable or wrong, or loses all its records without the empty mark. Content has size(), the number
// of its records, and is_meant_empty(). Thread-safe.
template <class Content>
class watched_file
{
public:
    using parser = std::function<Content(std::string_view text, std::string const& path)>;  // throws file_error

    // Reads the file. Throws file_error.
    watched_file(std::string path, file_modes allowed, parser parse)
        : path_{std::move(path)}, allowed_{allowed}, parse_{std::move(parse)}
    {
        read();
    }

    std::string const& path() const noexcept { return path_; }

    std::shared_ptr<Content const> current() const
    {
        std::lock_guard const guard{swap_};
        return current_;
    }

    // The reason why the current file is not in force. Empty if it is, as far as is known.
    std::string trouble() const
    {
        std::lock_guard const guard{swap_};
        return trouble_;
    }

    // Returns true if the last attempt to read failed, so that another may succeed even if the file does not change.
    bool wants_another_try() const
    {
        std::lock_guard const guard{swap_};
        return wants_another_try_;
    }

    // Reads the file if it has changed since the last attempt, or if that failed. Returns true if new content is in
    // force. Throws file_error.
    bool refresh()
    {
        std::lock_guard const guard{reading_};
        return (wants_another_try() || stamp_of(path_) != seen_) && read();
    }

    // Reads the file, changed or not. Returns true if new content is in force. Throws file_error.
    bool reload()
    {
        std::lock_guard const guard{reading_};
        return read();
    }

private:
    bool read()
    try
    {
        auto const file = read_text_file(path_, allowed_);
        seen_ = file.stamp;
        auto fresh = std::make_shared<Content const>(parse_(file.text, path_));
        if (current_ != nullptr && current_->size() != 0 && fresh->size() == 0 && !fresh->is_meant_empty())
            throw file_error{path_ + ": holds no record, but held " + std::to_string(current_->size()) +
                             "; if nobody shall get in, say so in a line '# empty'"};
        bool const is_new = in_force_ != file.stamp;
        in_force_ = file.stamp;
        std::lock_guard const guard{swap_};
        current_.swap(fresh);
        trouble_.clear();
        wants_another_try_ = false;
        return is_new;
    }
    catch (unreadable_file const& failed)
    {
        note(failed.what(), true);
        throw;
    }
    catch (file_error const& wrong)
    {
        note(wrong.what(), false);
        throw;
    }
    catch (std::exception const& failed)
    {
        note(path_ + ": " + failed.what(), true);
        throw unreadable_file{path_ + ": " + failed.what()};
    }

    void note(std::string trouble, bool try_again)
    {
        std::lock_guard const guard{swap_};
        trouble_ = std::move(trouble);
        wants_another_try_ = try_again;
    }

    std::string const path_;
    file_modes const allowed_;
    parser const parse_;
    std::mutex reading_;   // one reader of the file at a time
    file_stamp seen_;      // of the text that was read last, valid or not; guarded by reading_
    file_stamp in_force_;  // of the text that became current_; guarded by reading_
    mutable std::mutex swap_;
    std::shared_ptr<Content const> current_;  // written under both locks
    std::string trouble_;                     // guarded by swap_
    bool wants_another_try_ = false;          // guarded by swap_
};

}  // namespace tokend::plugin
