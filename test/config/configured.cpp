#include "config/configured.hpp"

namespace tokend::test {

configured::configured(std::string_view text) { folder_.write("t.conf", text); }

void configured::add(std::string_view name, std::string_view text)
{
    std::filesystem::create_directory(folder_ / "conf.d");
    folder_.write("conf.d/" + std::string{name}, text);
}

configuration configured::load(std::vector<std::string> const& arguments, backend_check const& check) const
{
    std::vector<std::string> all{"--config=" + file().string()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return tokend::load(parse(all), check);
}

std::vector<std::string> configured::mistakes(std::vector<std::string> const& arguments,
                                              backend_check const& check) const
try
{
    load(arguments, check);
    return {};
}
catch (config_errors const& e)
{
    auto lines = e.lines();
    auto const prefix = folder_.path().string() + '/';
    for (auto& line : lines)
        if (line.starts_with(prefix))
            line.erase(0, prefix.size());
    return lines;
}

command_line parse(std::vector<std::string> const& arguments)
{
    std::vector<char const*> argv{"tokend"};
    for (auto const& a : arguments)
        argv.push_back(a.c_str());
    return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

}  // namespace tokend::test
