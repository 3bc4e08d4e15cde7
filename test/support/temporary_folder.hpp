#pragma once

#include <filesystem>
#include <string_view>

namespace tokend::test {

// A new folder that only its owner can read. The destructor removes it with its contents.
class temporary_folder
{
public:
    temporary_folder();
    ~temporary_folder();
    temporary_folder(temporary_folder const&) = delete;

    std::filesystem::path const& path() const noexcept { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    // Replaces the whole file at once, so that a reader sees the old text or the new text.
    std::filesystem::path write(std::string_view name, std::string_view text) const;

private:
    std::filesystem::path path_;
};

}  // namespace tokend::test
