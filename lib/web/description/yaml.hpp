#pragma once

#include <boost/json/value.hpp>

#include <filesystem>

namespace tokend {

// Reads a file of YAML 1.2 with the types of JSON (chapter 10.2, the JSON schema, where plain words are strings too).
// Aliases become copies. Throws std::runtime_error, with file and line, if it is not YAML, if a name comes twice in one
// mapping, or if a plain scalar is a number with a fraction.
boost::json::value read_yaml(std::filesystem::path const& file);

}  // namespace tokend
