#include "app/tokend/config/file.hpp"

#include "app/tokend/config/sections.hpp"

#include "base/text.hpp"

#include "tokend/protection.hpp"

#include <boost/program_options/parsers.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

namespace tokend {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::size_t max_file_bytes = 1024 * 1024;

void add_loose(std::vector<loose_file>& to, loose_file one)
{
    if (std::none_of(to.begin(), to.end(), [&](loose_file const& other) { return other.what == one.what; }))
        to.push_back(std::move(one));
}

// Stops behind max_file_bytes. Returns nothing if the file cannot be read; errno says why.
std::optional<std::string> read_text(std::string const& file)
{
    std::ifstream in{file, std::ios::binary};
    std::string text;
    for (std::array<char, 4096> block; in && text.size() <= max_file_bytes;)
    {
        in.read(block.data(), block.size());
        text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    }
    return in || in.eof() ? std::optional{std::move(text)} : std::nullopt;
}

// Reads one file.
class file_reader
{
public:
    file_reader(fs::path const& file, std::size_t& order, files_read& into, mistakes& wrong)
        : name_{file.string()},
          base_{fs::absolute(file).parent_path()},
          order_{order},
          settings_{into.settings},
          loose_{into.loose},
          wrong_{wrong}
    {}

    void read()
    {
        judge_mode();
        auto read = read_text(name_);
        if (!read)
            return wrong_.add({name_, ++order_}, std::string{"cannot be read: "} + std::strerror(errno));
        auto& text = *read;
        if (text.size() > max_file_bytes)
            return wrong_.add({name_, ++order_}, "larger than 1 MiB; this is no configuration file");
        if (text.starts_with("\xef\xbb\xbf"))
        {
            wrong_.add({name_ + ":1", order_ + 1}, "begins with a byte order mark; save the file without one");
            text.erase(0, 3);
        }
        bool const is_whole = text.empty() || text.ends_with('\n');
        std::istringstream lines{std::move(text)};
        for (std::string line; std::getline(lines, line);)
            read_line(line);
        if (!is_whole)
            wrong_.add(at_,
                       "the last line has no newline at its end, so the file may have been cut; complete the line");
    }

private:
    void judge_mode()
    {
        auto what = plugin::loose_mode(base_ / fs::path{name_}.filename(), plugin::secrecy::none);
        is_protected_ = what.empty();
        if (!what.empty())
            add_loose(loose_, {{name_, order_ + 1}, std::move(what)});
    }

    void read_line(std::string_view line)
    {
        ++line_number_;
        at_ = {name_ + ':' + std::to_string(line_number_), ++order_};
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        auto const mistake = bytes_mistake(line);
        line = trim(line);
        if (!mistake.empty())
            return wrong_.add(at_, "the line " + mistake);
        if (line.empty() || line.front() == '#')
            return;
        if (line.find('#') != line.npos)
            return wrong_.add(at_, "'#' within a line; a comment has a line of its own, and no value can hold a '#'");
        if (line.front() == '[')
            return read_section(line);
        if (seen_section_)
            return read_setting(line);
        wrong_.add(at_, "stands before the first section; begin with a line such as [server]");
    }

    void read_section(std::string_view line)
    {
        seen_section_ = true;
        section_ = line.substr(1, line.size() - 2);
        auto const mistake =
            line.back() == ']' && line.size() > 1 ? section_mistake(section_) : "a section line ends with ']'";
        known_section_ = mistake.empty();
        if (known_section_)
            settings_.push_back({section_, {}, {}, at_, base_, is_protected_});
        else
            wrong_.add(at_, mistake);
    }

    void read_setting(std::string_view line)
    {
        auto parsed = parse(line);
        if (!parsed)
            return wrong_.add(at_, "neither 'key = value' nor a [section]");
        if (!known_section_)
            return;
        auto& [name, value] = *parsed;
        if (auto const mistake = key_mistake(section_, name); !mistake.empty())
            return wrong_.add(at_, mistake);
        auto const [first, is_new] = seen_keys_.emplace(section_ + '.' + name, line_number_);
        if (!is_new)
            return wrong_.add(at_, "'" + name + "' of [" + section_ + "] is set already in line " +
                                       std::to_string(first->second));
        settings_.push_back({section_, name, value, at_, base_, is_protected_});
    }

    // Parses one line. Given a whole file, Program_options stops at the first mistake and reports no line number.
    static std::optional<std::pair<std::string, std::string>> parse(std::string_view line)
    try
    {
        constexpr std::string_view section = "section";
        std::istringstream text{'[' + std::string{section} + "]\n" + std::string{line} + '\n'};
        auto const options = po::parse_config_file(text, po::options_description{}, true).options;
        auto name = options.at(0).string_key.substr(section.size() + 1);
        return name.empty() ? std::nullopt : std::optional{std::pair{name, options.at(0).value.at(0)}};
    }
    catch (po::error const&)
    {
        return std::nullopt;
    }

    std::string const name_;
    fs::path const base_;
    std::size_t& order_;
    std::vector<setting>& settings_;
    std::vector<loose_file>& loose_;
    mistakes& wrong_;

    bool is_protected_ = true;
    std::size_t line_number_ = 0;
    source_line at_;
    std::string section_;
    bool seen_section_ = false;
    bool known_section_ = false;
    std::map<std::string, std::size_t> seen_keys_;  // with the line that set each
};

std::vector<fs::path> files_of(fs::path const& folder, mistakes& wrong)
{
    std::vector<fs::path> files;
    std::error_code failed;
    for (fs::directory_iterator entry{folder, failed}, end; !failed && entry != end; entry.increment(failed))
    {
        auto const name = entry->path().filename().string();
        if (name.ends_with(".conf") && !name.starts_with('.'))
            files.push_back(entry->path());
    }
    if (failed && failed != std::errc::no_such_file_or_directory)
        wrong.add({folder.string(), 0}, "cannot be read: " + failed.message());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

files_read read_files(fs::path const& file, mistakes& wrong)
{
    files_read result;
    std::size_t order = 0;
    file_reader{file, order, result, wrong}.read();
    auto const folder = file.parent_path() / "conf.d";
    // Anyone who can write to the folder can add a file.
    std::error_code ignored;
    if (auto what = plugin::loose_mode(fs::absolute(folder), plugin::secrecy::none);
        fs::exists(folder, ignored) && !what.empty())
        add_loose(result.loose, {{folder.string(), order + 1}, std::move(what)});
    for (auto const& part : files_of(folder, wrong))
        file_reader{part, order, result, wrong}.read();
    return result;
}

}  // namespace tokend
