#pragma once

#include <boost/json/object.hpp>

#include <filesystem>

namespace tokend {

// Reads a description of an HTTP interface that is written in several YAML files, and returns it as one document. A
// reference KIND/FILE.yaml#/NAME becomes #/components/KIND/NAME, and one to paths/FILE.yaml becomes what it refers to.
// Throws std::runtime_error, with file and line, if a file is not YAML, if a reference leads nowhere, if two files use
// one name of a kind, or if nothing refers to a name.
boost::json::object join_description(std::filesystem::path const& root);

}  // namespace tokend
