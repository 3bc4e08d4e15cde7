#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tokend::plugin {

struct bytes_hash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

// A map by name. A string_view finds an element without a copy; names are compared byte for byte.
template <class Value>
using by_name = std::unordered_map<std::string, Value, bytes_hash, std::equal_to<>>;

template <class Value>
Value const* find(by_name<Value> const& in, std::string_view name) noexcept
{
    auto const at = in.find(name);
    return at == in.end() ? nullptr : &at->second;
}

}  // namespace tokend::plugin
