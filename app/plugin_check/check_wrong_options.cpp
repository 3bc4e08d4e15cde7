#include "app/plugin_check/checks.hpp"
#include "app/plugin_check/child.hpp"
#include "app/plugin_check/rules.hpp"
#include "app/plugin_check/trial.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

// A plugin may refuse an option or make something of it, but it has to live.
namespace tokend {
namespace {

namespace fs = std::filesystem;

// Files that no plugin can want.
class odd_files
{
public:
    odd_files()
    {
        std::string name = (fs::temp_directory_path() / "tokend-plugin-check-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error{name + ": cannot be made"};
        folder_ = name;
        write("empty", "");
        write("junk", std::string{"\0\xff\xfe:junk:\n\n:::\x01\n", 16} + std::string(5000, ':'));
        write("line", "one line of text\n");
    }
    ~odd_files()
    {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    odd_files(odd_files const&) = delete;

    std::vector<std::string> paths() const
    {
        return {folder_, folder_ + "/missing", folder_ + "/empty", folder_ + "/junk", folder_ + "/line"};
    }

private:
    void write(char const* name, std::string const& text) const
    {
        auto const file = folder_ + '/' + name;
        std::ofstream{file, std::ios::binary} << text;
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }
    std::string folder_;
};

std::vector<std::string> odd_values(std::uint32_t type, odd_files const& files)
{
    switch (type)
    {
    case TOKEND_OPTION_INTEGER:
    case TOKEND_OPTION_SIZE:
        return {"0", "1", "9223372036854775807"};
    case TOKEND_OPTION_DURATION:
        return {"0s", "1ms", "100000000d"};
    case TOKEND_OPTION_BOOLEAN:
        return {"yes", "no"};
    case TOKEND_OPTION_PATH:
    case TOKEND_OPTION_SECRET:
        return files.paths();
    case TOKEND_OPTION_LIST:
        return {"", "one", ":;=%n%s{}()\\", std::string(10000, 'x')};
    default:
        return {"x", ":;=%n%s{}()\\", std::string(10000, 'x')};
    }
}

std::string key_of(tokend_option const& o)
{
    return std::string{o.name} + (o.type == TOKEND_OPTION_SECRET ? "-file" : "");
}

std::vector<option_setting> with(std::vector<option_setting> settings, std::string const& key, std::string value)
{
    std::erase_if(settings, [&](auto const& s) { return s.name == key; });
    settings.push_back({key, std::move(value), "tokend-plugin-check", {}});
    return settings;
}

struct counts
{
    int values = 0;
    int refused = 0;
};

// Values that the host refuses itself do not reach the plugin.
void try_out(plugin_library const& library, std::vector<option_setting> const& settings, plan const& p, counts& tried)
{
    constexpr std::size_t short_line = 64;  // of plugins that count on more
    std::vector<std::string> errors;
    auto const values = check_options(library.options(), settings, p.where, errors);
    if (!errors.empty())
        return;
    ++tried.values;
    recording_host host;
    auto const made = create(library, values, host.get(), short_line);
    if (made.instance != nullptr)
        destroy(library, made.instance);
    else
        ++tried.refused;
    host.destroyed();
}

}  // namespace

std::string check_wrong_options(plan const& p)
{
    auto const library = plugin_library::load(p.folder, p.name);
    odd_files const files;
    counts tried;
    try_out(library, {}, p, tried);
    for (auto const& o : library.options())
        for (auto const& value : odd_values(o.type, files))
            try_out(library, with(p.settings, key_of(o), value), p, tried);
    return std::to_string(tried.refused) + " of " + std::to_string(tried.values) + " refused";
}

}  // namespace tokend
