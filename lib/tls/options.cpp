#include "tls/options.hpp"

#include <algorithm>

namespace tokend {

std::vector<std::filesystem::path> certificate_files(tls_options const& options)
{
    std::vector<std::filesystem::path> files;
    auto const add = [&](std::filesystem::path const& file) {
        if (!file.empty() && std::find(files.begin(), files.end(), file) == files.end())
            files.push_back(file);
    };
    for (auto const& file : options.certificates)
        add(file);
    for (auto const& file : options.keys)
        add(file);
    add(options.client_ca);
    return files;
}

}  // namespace tokend
