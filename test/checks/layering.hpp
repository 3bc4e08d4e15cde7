#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// The folders that the #include lines of each folder may name.
class layering
{
public:
    // From the tokend_layer() calls in lib/CMakeLists.txt, and the names of the folders in plugins/.
    layering(std::string_view lib_cmake, std::set<std::string> const& plugins);

    // Returns the #include lines of a file that name a folder out of bounds: "lib/table/x.cpp:3: ...". `file` is
    // relative to the project.
    std::vector<std::string> trespasses(std::filesystem::path const& file, std::string_view text) const;

private:
    std::set<std::string> bounds_of(std::filesystem::path const& file) const;

    std::map<std::string, std::set<std::string>> layers_;
    std::set<std::string> plugins_;
};

}  // namespace tokend::test
