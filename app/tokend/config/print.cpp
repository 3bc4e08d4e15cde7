#include "app/tokend/config/configuration.hpp"

#include "app/tokend/config/sections.hpp"

#include <utility>

namespace tokend {
namespace {

class printer
{
public:
    printer(configuration const& config, path_option const& is_path) : config_{config}, is_path_{is_path} {}

    std::string print() &&
    {
        std::string_view last;
        for (auto const& k : all_keys())
            if (!id_of(k.section) && k.section != std::exchange(last, k.section))
                print_section(k.section, k.section, 0);
        for (std::size_t i = 0; i < config_.backends.size(); ++i)
        {
            auto const& backend = config_.backends[i];
            print_section("backend.ID", "backend." + backend.id, i);
            for (auto const& s : backend.settings)
                print_value(s.name,
                            is_path_ && is_path_(backend, s) ? (s.base / s.value).lexically_normal().string() : s.value,
                            s.where);
        }
        for (std::size_t i = 0; i < config_.organisations.size(); ++i)
            print_section("organisation.ID", "organisation." + config_.organisations[i].id, i);
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
