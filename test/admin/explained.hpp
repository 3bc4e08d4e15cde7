#pragma once

#include "contract/contract.hpp"
#include "support/answer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>
#include <string_view>

// What an explanation says.
namespace tokend::test {

inline std::string const explain_path = "/admin/v1/explain";

// The data of the answer to a question with this body, asked where nobody has to say who asks.
inline boost::json::object explain(std::string const& admin_address, std::string const& body)
{
    return check_ok(ask(admin_address, post(explain_path, body)));
}

inline bool is_accepted(boost::json::object const& data) { return data.at("accepted").as_bool(); }
inline std::string why(boost::json::object const& data) { return std::string{data.at("reason").as_string()}; }

// The first step of that name; of backends the one of that backend. An empty object: there is none.
inline boost::json::object step(boost::json::object const& data, std::string_view name)
{
    for (auto const& one : data.at("steps").as_array())
    {
        auto const& found = one.as_object();
        if (found.at("step").as_string() == name ||
            (found.contains("backend") && found.at("backend").as_string() == name))
            return found;
    }
    return {};
}

// Returns true if a step of the plugin of that backend holds the text.
inline bool did(boost::json::object const& data, std::string_view backend, std::string_view text)
{
    auto const asked = step(data, backend);
    auto const& all = asked.at("did").as_array();
    return std::any_of(all.begin(), all.end(),
                       [&](auto const& one) { return std::string_view{one.as_string()}.find(text) != text.npos; });
}

}  // namespace tokend::test
