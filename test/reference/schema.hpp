#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace tokend::test {

// Returns what is wrong with the value by a JSON Schema of the document (draft 2020-12), and where; nothing if all is
// well. Throws std::runtime_error for a keyword that it does not know, so that no keyword stays unchecked.
std::optional<std::string> mismatch(boost::json::value const& value, boost::json::value const& schema,
                                    boost::json::object const& document, std::string const& where = "$");

}  // namespace tokend::test
