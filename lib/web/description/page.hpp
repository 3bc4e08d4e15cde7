#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace tokend {

// A page of Markdown for people, made from a description that join_description() has returned.
std::string page_of(boost::json::object const& description);

}  // namespace tokend
