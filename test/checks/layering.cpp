#include "checks/layering.hpp"

#include <regex>
#include <sstream>
#include <stdexcept>

namespace tokend::test {
namespace {

// The plugin ABI is included as "tokend/plugin.h": the folder within its include root.
std::string folder_of(std::string const& layer) { return layer == "abi" ? "tokend" : layer; }

std::string part(std::filesystem::path const& file, int index)
{
    auto at = file.begin();
    std::advance(at, index);
    return at->string();
}

}  // namespace

layering::layering(std::string_view lib_cmake, std::set<std::string> const& plugins) : plugins_{plugins}
{
    std::regex const call{R"(tokend_layer\(([^)]*)\))"};
    std::string const text{lib_cmake};
    layers_["abi"] = {"tokend"};
    for (std::sregex_iterator at{text.begin(), text.end(), call}, end; at != end; ++at)
    {
        std::istringstream words{(*at)[1]};
        std::string name;
        words >> name;
        auto& bounds = layers_[name] = {name};
        bool in_uses = false;
        for (std::string word; words >> word;)
        {
            if (word == "SOURCES" || word == "USES" || word == "LINKS")
                in_uses = word == "USES";
            else if (in_uses)
                bounds.insert(folder_of(word));
        }
    }
}

std::set<std::string> layering::bounds_of(std::filesystem::path const& file) const
{
    auto const top = part(file, 0);
    auto const folder = part(file, 1);
    if (top == "lib")
        return layers_.at(folder);
    if (top == "plugins")
        return {"tokend", "common", folder};
    std::set<std::string> bounds{"app"};
    for (auto const& [layer, uses] : layers_)
        bounds.insert(folder_of(layer));
    bounds.insert(plugins_.begin(), plugins_.end());
    return bounds;
}

std::vector<std::string> layering::trespasses(std::filesystem::path const& file, std::string_view text) const
{
    std::regex const include{R"re(\s*#\s*include\s*"([^"]*)".*)re"};
    auto const bounds = bounds_of(file);
    std::vector<std::string> found;
    std::istringstream lines{std::string{text}};
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);)
    {
        ++number;
        std::smatch match;
        if (!std::regex_match(line, match, include))
            continue;
        auto const named = match[1].str();
        auto const slash = named.find('/');
        bool const beside = slash == named.npos;
        if (!beside && (!bounds.contains(named.substr(0, slash)) || named.find("..") != named.npos))
            found.push_back(file.string() + ':' + std::to_string(number) + ": may not include \"" + named + '"');
    }
    return found;
}

}  // namespace tokend::test
