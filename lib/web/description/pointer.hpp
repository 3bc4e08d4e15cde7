#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>

#include <string>
#include <string_view>

namespace tokend {

// What a value of the document is or refers to ("#/components/schemas/Token"). Throws std::exception if it leads
// nowhere.
inline boost::json::value const& target(boost::json::object const& document, boost::json::value const& value)
{
    auto const* at = &value;
    while (at->is_object() && at->as_object().contains("$ref"))
    {
        std::string_view const path = at->as_object().at("$ref").as_string();
        boost::json::value const* next = nullptr;
        for (std::size_t begin = 2; begin <= path.size();)
        {
            auto const end = std::min(path.find('/', begin), path.size());
            auto const name = path.substr(begin, end - begin);
            next = &(next == nullptr ? document : next->as_object()).at(name);
            begin = end + 1;
        }
        at = next;
    }
    return *at;
}

// The name at the end of a reference; empty for any other value.
inline std::string_view name_of_reference(boost::json::value const& value)
{
    auto const* const object = value.if_object();
    auto const* const reference = object == nullptr ? nullptr : object->if_contains("$ref");
    if (reference == nullptr)
        return {};
    std::string_view const path = reference->as_string();
    return path.substr(path.rfind('/') + 1);
}

}  // namespace tokend
