#include "app/tokend/config/print.hpp"

#include "app/tokend/config/sections.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace tokend {
namespace {

class printer
{
public:
    printer(configuration const& config, path_option const& is_path) : config_{config}, is_path_{is_path} {}

    std::string print() &&
    {
        for (auto const kind : section_kinds())
        {
            auto const sections = sections_of(config_, kind);
            for (section_index i = 0; i < sections.size(); ++i)
            {
                print_section(kind, sections[i], i);
                if (kind == backend_sections)
                    print_plugin_options(config_.backends[i]);
            }
        }
        return std::move(text_);
    }

private:
    void print_section(std::string_view kind, std::string_view name, section_index index)
    {
        text_.append(text_.empty() ? "[" : "\n[").append(name).append("]\n");
        for (auto const& k : all_keys())
        {
            if (k.section != kind)
                continue;
            auto const source = config_.sources.find(std::string{name} + '.' + std::string{k.name});
            print_value(k.name, k.show(config_, index), source == config_.sources.end() ? "default" : source->second);
        }
    }

    void print_plugin_options(backend_options const& backend)
    {
        for (auto const& s : backend.settings)
        {
            bool const is_path = is_path_ && is_path_(backend, s);
            print_value(s.name, is_path ? (s.base / s.value).lexically_normal().string() : s.value, s.where);
        }
    }

    void print_value(std::string_view name, std::string const& value, std::string_view where)
    {
        text_.append("# ")
            .append(where)
            .append("\n")
            .append(name)
            .append(value.empty() ? " =" : " = ")
            .append(value)
            .append("\n");
    }

    configuration const& config_;
    path_option const& is_path_;
    std::string text_;
};

}  // namespace

std::string print(configuration const& config, path_option const& is_path) { return printer{config, is_path}.print(); }

}  // namespace tokend
