#include "reference/reference.hpp"

#include "reference/schema.hpp"
#include "web/description/api_description.hpp"
#include "web/description/pointer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <strings.h>

namespace tokend::test {
namespace {

namespace json = boost::json;

struct notes
{
    std::mutex mutex;
    std::set<documented_answer> answers;
};

notes& noted()
{
    static notes all;
    return all;
}

// A schema that a body may have, and its name.
struct form
{
    std::string name;
    json::value const* schema;
};

std::vector<form> forms_of(json::value const& schema)
{
    std::vector<form> all;
    auto const* const some = schema.as_object().if_contains("oneOf");
    if (some == nullptr)
        all.push_back({std::string{name_of_reference(schema)}, &schema});
    else
        for (auto const& one : some->as_array())
            all.push_back({std::string{name_of_reference(one)}, &one});
    for (auto& f : all)
        if (f.name.empty())
            f.name = "data";
    return all;
}

json::object const& response_at(json::value const& value) { return target(reference(), value).as_object(); }

bool is_variable(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

std::string_view take_segment(std::string_view& path)
{
    auto const segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    return segment;
}

// How well a path of the description fits the path of a request: 0, or more for fewer variables.
int fit(operation const& of, std::string_view path)
{
    bool const is_subtree = of.item->contains("x-any-verb");
    if (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    std::string_view pattern = of.path;
    int score = 1000;
    while (!pattern.empty() && !path.empty())
    {
        auto const wanted = take_segment(pattern);
        auto const segment = take_segment(path);
        if (is_variable(wanted) ? segment.empty() && !is_subtree : wanted != segment)
            return 0;
        score -= is_variable(wanted) ? 1 : 0;
        if (is_subtree && is_variable(wanted))
            path = {};
    }
    return pattern.empty() && path.empty() ? score : 0;
}

bool takes(operation const& of, std::string_view verb)
{
    return of.item->contains("x-any-verb") || ::strncasecmp(of.verb.c_str(), verb.data(), verb.size() + 1) == 0 ||
           (of.verb == "get" && verb == "HEAD");
}

std::string_view path_of(std::string_view target)
{
    if (auto const scheme = target.find("://"); !target.starts_with('/') && scheme != target.npos)
    {
        auto const slash = target.find('/', scheme + 3);
        target = slash == target.npos ? std::string_view{"/"} : target.substr(slash);
    }
    return target.substr(0, target.find('?'));
}

struct found_operation
{
    operation const* of = nullptr;
    bool is_legacy = false;
};

operation const* find_exact(std::string_view verb, std::string_view path)
{
    operation const* best = nullptr;
    for (auto const& of : all_operations())
        if (takes(of, verb) && fit(of, path) > (best == nullptr ? 0 : fit(*best, path)))
            best = &of;
    return best;
}

// A native method is found behind any prefix, too.
found_operation find(std::string_view verb, std::string_view target)
{
    auto const path = path_of(target);
    if (auto const* const of = find_exact(verb, path))
        return {of, false};
    for (auto at = path.find('/', 1); at != path.npos; at = path.find('/', at + 1))
        if (auto const* const of = find_exact(verb, path.substr(at)); of != nullptr && of->item->contains("servers"))
            return {of, true};
    return {};
}

// Returns what is wrong with the header fields.
std::optional<std::string> wrong_headers(answer const& a, json::object const& response)
{
    static std::set<std::string, std::less<>> const framing{"Content-Type", "Content-Length", "Connection"};
    auto const& documented = response.at("headers").as_object();
    for (auto const& [name, value] : a.headers)
        if (!framing.contains(name) && !documented.contains(name))
            return "the header field " + name + " is not documented";
    for (auto const& [name, header] : documented)
    {
        if (a.count(name) != 1)
            return "the header field " + std::string{name} + " is there " + std::to_string(a.count(name)) + " times";
        auto const& rule = response_at(header).at("schema");
        if (auto const what = mismatch(json::value(a.header(name)), rule, reference(), std::string{name}))
            return what;
    }
    return std::nullopt;
}

struct judgement
{
    std::optional<std::string> form{};  // that the answer has
    std::string complaint{};
};

judgement judge(answer const& a, json::object const& response, bool has_body)
{
    if (auto const what = wrong_headers(a, response))
        return {{}, *what};
    auto const* const content = response.if_contains("content");
    auto const type = a.header("Content-Type");
    if (content == nullptr)
        return a.body.empty() && type.empty() ? judgement{""} : judgement{{}, "no body is documented"};
    auto const* const media = content->as_object().if_contains(type);
    if (media == nullptr)
        return {{}, "the media type '" + type + "' is not documented"};
    if (!has_body)
        return {a.body.empty() ? std::optional{std::string{"HEAD"}} : std::nullopt, "a body for HEAD"};
    if (type != "application/json")
        return {type};
    boost::system::error_code failed;
    auto const body = json::parse(a.body, failed);
    if (failed)
        return {{}, "the body is not JSON"};
    judgement result;
    for (auto const& f : forms_of(media->as_object().at("schema")))
        if (auto const what = mismatch(body, *f.schema, reference()))
            result.complaint += "\n  " + f.name + ": " + *what;
        else
            return {f.name};
    return result;
}

// The answers of one method, or of those requests that have none.
class answers
{
public:
    answers(std::string name, json::object const& responses) : name_{std::move(name)}, responses_{responses} {}

    // A legacy prefix may answer refusals with 200.
    bool note(answer const& a, bool has_body, bool is_legacy, std::string& complaint) const
    {
        for (auto const& [status, value] : responses_)
        {
            auto const number = std::stoi(std::string{status});
            if (number != a.status && !(is_legacy && a.status == 200))
                continue;
            auto const result = judge(a, response_at(value), has_body);
            if (!result.form)
            {
                complaint += "\n " + name_ + ' ' + std::string{status} + ": " + result.complaint;
                continue;
            }
            std::lock_guard const lock{noted().mutex};
            noted().answers.insert({name_, number, *result.form});
            return true;
        }
        return false;
    }

private:
    std::string name_;
    json::object const& responses_;
};

answers answers_of(operation const& of) { return {of.name(), of.content->at("responses").as_object()}; }

answers unrouted() { return {"unrouted", reference().at("x-unrouted").as_object().at("responses").as_object()}; }

bool is_documented(std::string_view verb, std::string_view target, answer const& a, bool has_body,
                   std::string& complaint)
{
    auto const found = find(verb, target);
    bool const is_behind_prefix = found.of == nullptr || found.is_legacy;
    if (found.of != nullptr && answers_of(*found.of).note(a, has_body, found.is_legacy, complaint))
        return true;
    bool const may_be_elsewhere = found.of == nullptr || a.status == 404 || a.status == 405;
    if (may_be_elsewhere && unrouted().note(a, has_body, is_behind_prefix, complaint))
        return true;
    return verb.empty() && std::ranges::any_of(all_operations(), [&](auto const& of) {
               return answers_of(of).note(a, has_body, true, complaint);
           });
}

}  // namespace

json::object const& reference()
{
    static json::object const document = json::parse(api_description()).as_object();
    return document;
}

std::vector<operation> const& all_operations()
{
    static std::vector<operation> const all = [] {
        std::vector<operation> found;
        for (auto const& [path, item] : reference().at("paths").as_object())
            for (auto const& [verb, content] : item.as_object())
                if (content.is_object() && content.as_object().contains("responses"))
                    found.push_back({verb, path, &item.as_object(), &content.as_object()});
        return found;
    }();
    return all;
}

std::set<documented_answer> all_documented_answers()
{
    std::set<documented_answer> all;
    auto const add = [&](std::string const& name, json::object const& responses) {
        for (auto const& [status, value] : responses)
        {
            auto const number = std::stoi(std::string{status});
            auto const* const content = response_at(value).if_contains("content");
            if (content == nullptr)
                all.insert({name, number, ""});
            else
                for (auto const& [type, media] : content->as_object())
                    if (type != "application/json")
                        all.insert({name, number, type});
                    else
                        for (auto const& f : forms_of(media.as_object().at("schema")))
                            all.insert({name, number, f.name});
        }
    };
    for (auto const& of : all_operations())
        add(of.name(), of.content->at("responses").as_object());
    add("unrouted", reference().at("x-unrouted").as_object().at("responses").as_object());
    return all;
}

void check_documented(std::string_view verb, std::string_view target, answer const& a, bool has_body)
{
    std::string complaint;
    if (!is_documented(verb, target, a, has_body, complaint))
        throw std::logic_error{"etc/openapi.yaml has no such answer to " + std::string{verb} + ' ' +
                               std::string{target} + ": " + std::to_string(a.status) + ' ' + a.body + complaint};
}

std::set<documented_answer> noted_answers()
{
    std::lock_guard const lock{noted().mutex};
    return noted().answers;
}

}  // namespace tokend::test
