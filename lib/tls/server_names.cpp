#include "tls/server_names.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace tokend {
namespace {

constexpr std::string_view wildcard = "*.";

std::string_view parent_of(std::string_view name) noexcept
{
    auto const dot = name.find('.');
    return dot == name.npos ? std::string_view{} : name.substr(dot + 1);
}

}  // namespace

server_names::server_names(std::span<certificate_offer const> all)
{
    auto const add = [&](choice& to, std::size_t number) {
        auto const same = [&](std::size_t other) { return all[other].key_kind == all[number].key_kind; };
        if (std::none_of(to.begin(), to.end(), same))
            to.push_back(number);
    };
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::string_view const name : all[i].names)
            if (name.starts_with(wildcard))
                add(below_[std::string{name.substr(wildcard.size())}], i);
            else
                add(exact_[std::string{name}], i);
    for (auto& [name, chosen] : exact_)  // a wildcard may have the kind of key that no exact name has
        if (auto const wide = below_.find(parent_of(name)); wide != below_.end())
            for (auto const number : wide->second)
                add(chosen, number);
    if (all.empty())
        return;
    usual_ = {0};
    if (all[0].names.empty())
        return;
    std::string_view const first = all[0].names[0];
    auto const& beside =
        first.starts_with(wildcard) ? below_.find(first.substr(wildcard.size()))->second : exact_.find(first)->second;
    for (auto const number : beside)
        add(usual_, number);
}

server_names::choice const* server_names::find(std::string_view server) const
{
    auto const name = fold(server);
    if (auto const found = exact_.find(name); found != exact_.end())
        return &found->second;
    auto const wide = below_.find(parent_of(name));
    return wide == below_.end() || name.starts_with('.') ? nullptr : &wide->second;
}

std::vector<server_names::choice> server_names::all() const
{
    std::vector<choice> choices{usual_};
    for (auto const* const names : {&exact_, &below_})
        for (auto const& [name, chosen] : *names)
            choices.push_back(chosen);
    std::sort(choices.begin(), choices.end());
    choices.erase(std::unique(choices.begin(), choices.end()), choices.end());
    return choices;
}

}  // namespace tokend
