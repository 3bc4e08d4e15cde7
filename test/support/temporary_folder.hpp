#pragma once

#include <filesystem>
#include <string_view>

namespace tokend::test {

// A folder of its own, for its owner's eyes only, removed with all it holds.
class temporary_folder
{
public:
    temporary_folder();
    ~temporary_folder();
    temporary_folder(temporary_folder const&) = delete;

    std::filesystem::path const& path() const noexcept { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    // Replaces a file whole, so that a reader sees the old text or the new one.
    std::filesystem::path write(std::string_view name, std::string_view text) const;

private:
    std::filesystem::path path_;
};

}  // namespace tokend::test
