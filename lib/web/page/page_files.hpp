#pragma once

#include <span>
#include <string_view>

namespace tokend {

// One file of the status page.
struct page_file
{
    std::string_view name;  // "index.html"
    std::string_view text;
};

// The files in this folder, as they were when tokend was built.
std::span<page_file const> page_files() noexcept;

}  // namespace tokend
