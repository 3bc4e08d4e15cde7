#include "fuzz/configuration.hpp"

#include "app/tokend/config/load.hpp"
#include "app/tokend/config/print.hpp"
#include "app/tokend/config/rules.hpp"
#include "app/tokend/config/sections.hpp"
#include "app/tokend/config/values.hpp"
#include "base/text.hpp"
#include "config/configured.hpp"
#include "fuzz/expect.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

struct plain_setting
{
    std::size_t line;
    std::string section;
    std::string name;
    std::string value;
};

struct plain_file
{
    std::size_t lines = 0;
    std::vector<std::string> sections;
    std::vector<plain_setting> settings;
};

// The plain reader. Its text is known to be a configuration.
plain_file read_plainly(std::string const& text)
{
    plain_file read;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);)
    {
        ++read.lines;
        if (line.ends_with('\r'))
            line.pop_back();
        auto const content = trim(line);
        if (content.empty() || content.starts_with('#'))
            continue;
        auto const equals = content.find('=');
        if (content.starts_with('['))
            read.sections.emplace_back(content.substr(1, content.size() - 2));
        else
            read.settings.push_back({read.lines, read.sections.back(), std::string{trim(content.substr(0, equals))},
                                     std::string{trim(content.substr(equals + 1))}});
    }
    return read;
}

// What a value of a key stands for: times in milliseconds, sizes in bytes, the items of a list. Of paths and addresses,
// which have many spellings, only their number.
std::string plain_meaning(key const& of, std::string_view value)
{
    auto const is_kind = [&](std::string_view kind) { return of.meant.starts_with(kind); };
    auto const digits = std::min(value.find_first_not_of("0123456789"), value.size());
    std::uint64_t number = 0;
    std::from_chars(value.data(), value.data() + digits, number, is_kind("permissions") ? 8 : 10);
    auto const unit = value.substr(digits);
    if (is_kind("a duration"))
        number *= unit == "d" ? 86'400'000 : unit == "h" ? 3'600'000 : unit == "m" ? 60'000 : unit == "s" ? 1000 : 1;
    if (is_kind("a size"))
        number <<= unit == "g" ? 30 : unit == "m" ? 20 : unit == "k" ? 10 : 0;
    if (is_kind("a duration") || is_kind("a size") || is_kind("a whole number") || is_kind("permissions"))
        return value.empty() ? "" : std::to_string(number);
    if (is_kind("addresses") || is_kind("numeric addresses") || is_kind("paths, or"))
        return std::to_string(split_list(value).size());
    if (is_kind("a path") || is_kind("the path"))
        return value.empty() ? "" : "a path";
    return join(split_list(value), ", ");
}

// Throws std::logic_error unless the mistake is one line that begins with a place in the file.
void check_mistake(std::string_view mistake, std::string_view file, std::size_t lines)
{
    auto const is_control = [](char c) { return c != '\t' && has_control_character({&c, 1}); };
    expect(is_utf8(mistake) && std::none_of(mistake.begin(), mistake.end(), is_control), "a mistake is a line of text");
    expect(mistake.starts_with(file), "a mistake names the file");
    mistake.remove_prefix(file.size());
    expect(mistake.starts_with(':'), "a mistake says what is wrong");
    std::size_t line = 1;
    auto const [end, ec] = std::from_chars(mistake.data() + 1, mistake.data() + mistake.size(), line);
    expect(ec != std::errc{} || (line > 0 && line <= lines && *end == ':'), "a mistake names a line that is there");
}

// The lines that set a key.
std::string without_comments(std::string const& text)
{
    std::istringstream in{text};
    std::string rest;
    for (std::string line; std::getline(in, line);)
        if (!line.starts_with('#'))
            rest += line + '\n';
    return rest;
}

class checked
{
public:
    explicit checked(std::string_view text) : text_{text} {}

    void check() const
    try
    {
        auto const config = load_file(text_);
        auto const plain = read_plainly(text_);
        check_settings(config, plain);
        auto const printed = without_comments(print(config));
        check_printed(read_plainly(printed), plain);
        check_again(config, printed, [&] { return load_file(printed); });
        if (auto const arguments = as_arguments(plain))
            check_again(config, printed, [&] { return load_arguments(*arguments); });
    }
    catch (config_errors const& e)
    {
        auto const lines = static_cast<std::size_t>(std::count(text_.begin(), text_.end(), '\n')) + 1;
        for (auto const& mistake : e.lines())
            check_mistake(mistake, file().string(), lines);
    }

private:
    static temporary_folder const& folder()
    {
        static temporary_folder const one;
        return one;
    }
    static std::filesystem::path file() { return folder() / "t.conf"; }

    static configuration load_file(std::string const& text)
    {
        command_line line;
        line.config = folder().write("t.conf", text);
        return load(line);
    }
    static configuration load_arguments(std::vector<std::string> const& arguments)
    {
        auto line = parse(arguments);
        line.config = folder().write("t.conf", "");
        for (auto& s : line.settings)
            s.base = folder().path();
        return load(line);
    }

    static void check_settings(configuration const& config, plain_file const& plain)
    {
        std::size_t keys = 0;
        for (auto const& s : plain.settings)
        {
            auto const where = file().string() + ':' + std::to_string(s.line);
            auto const is_it = [&](option_setting const& o) {
                return o.name == s.name && o.value == s.value && o.where == where;
            };
            if (find_key(s.section, s.name) != nullptr)
            {
                ++keys;
                auto const found = config.sources.find(s.section + '.' + s.name);
                expect(found != config.sources.end() && found->second == where, "each key comes from its line");
                continue;
            }
            auto const b = std::find_if(config.backends.begin(), config.backends.end(),
                                        [&](auto const& one) { return "backend." + one.id == s.section; });
            expect(b != config.backends.end(), "what is no key is of a backend");
            expect(std::any_of(b->settings.begin(), b->settings.end(), is_it), "each option is kept for its plugin");
        }
        expect(keys == config.sources.size(), "no other key is set");
    }

    static void check_printed(plain_file const& printed, plain_file const& plain)
    {
        for (auto const& s : plain.settings)
        {
            auto const found = std::find_if(printed.settings.begin(), printed.settings.end(),
                                            [&](auto const& p) { return p.section == s.section && p.name == s.name; });
            expect(found != printed.settings.end(), "each setting is printed");
            auto const* const key = find_key(s.section, s.name);
            if (key != nullptr && s.name != "principal-room")  // for 0 the size that results is printed
                expect(plain_meaning(*key, found->value) == plain_meaning(*key, s.value), "each value is printed");
        }
    }

    // `read` reads the configuration once more.
    template <class Read>
    static void check_again(configuration const& config, std::string const& printed, Read read)
    try
    {
        auto const again = read();
        expect(without_comments(print(again)) == printed, "it reads as the same once more");
        expect(refused_changes(config, again).empty(), "nothing needs a restart once more");
        expect(warnings(config).size() == warnings(again).size(), "the warnings are the same once more");
    }
    catch (config_errors const&)
    {
        expect(false, "it is accepted once more");
    }

    // The settings as arguments. Nothing if no argument can say what is there: a section without a setting, or a name
    // that no plugin has.
    static std::optional<std::vector<std::string>> as_arguments(plain_file const& plain)
    {
        std::vector<std::string> arguments;
        for (auto const& section : plain.sections)
            if (std::none_of(plain.settings.begin(), plain.settings.end(),
                             [&](auto const& s) { return s.section == section; }))
                return std::nullopt;
        for (auto const& s : plain.settings)
            if (!values::is_id(s.name))
                return std::nullopt;
            else
                arguments.push_back("--" + s.section + '.' + s.name + '=' + s.value);
        return arguments;
    }

    std::string const text_;
};

}  // namespace

void load_configuration(std::string_view text) { checked{text}.check(); }

}  // namespace tokend::test
