#include "app/tokend/config/setting.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace tokend {
namespace {

constexpr std::size_t max_line_bytes = 4096;

}  // namespace

void mistakes::add(source_line const& at, std::string_view what)
{
    found_.push_back({at.order, at.where + ": " + std::string{what}});
}

std::vector<std::string> mistakes::in_order() &&
{
    std::stable_sort(found_.begin(), found_.end(),
                     [](mistake const& a, mistake const& b) { return a.order < b.order; });
    std::vector<std::string> lines;
    for (auto& m : found_)
        lines.push_back(std::move(m.line));
    return lines;
}

std::string bytes_mistake(std::string_view text)
{
    if (text.size() > max_line_bytes)
        return "is longer than 4096 bytes";
    if (!is_utf8(text))
        return "is not valid UTF-8";
    if (std::any_of(text.begin(), text.end(), [](char c) { return c != '\t' && has_control_character({&c, 1}); }))
        return "holds a control character";
    return {};
}

}  // namespace tokend
