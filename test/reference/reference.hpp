#pragma once

#include "support/answer.hpp"

#include <boost/json/object.hpp>

#include <compare>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The description of the HTTP interface that tokend serves, and what answers fit it.
namespace tokend::test {

// A method of the description: "get", "/admin/v1/sessions/{accessor}".
struct operation
{
    std::string verb;
    std::string path;
    boost::json::object const* item = nullptr;  // of the path
    boost::json::object const* content = nullptr;

    std::string name() const { return verb + ' ' + path; }
};

// One answer that the description has: "post /authentication/token", 403, "UnitNotAllowed". The form is the name of the
// schema, "data" if it has none, the media type if it is not JSON, or empty if there is no body.
struct documented_answer
{
    std::string operation;
    int status = 0;
    std::string form;

    auto operator<=>(documented_answer const&) const = default;
};

boost::json::object const& reference();          // the document
std::vector<operation> const& all_operations();  // in its order
std::set<documented_answer> all_documented_answers();

// Checks an answer of tokend to a request with that verb and target, both empty if nobody knows them, and notes it.
// Throws std::logic_error if the description has no such answer. Thread-safe.
void check_documented(std::string_view verb, std::string_view target, answer const& a, bool has_body);

// All answers that this process has checked. Thread-safe.
std::set<documented_answer> noted_answers();

}  // namespace tokend::test
