#include "web/description/page.hpp"

#include "web/description/pointer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>
#include <vector>

namespace tokend {
namespace {

namespace json = boost::json;

constexpr std::size_t columns = 120;

std::string text_of(json::object const& from, std::string_view name)
{
    auto const* const value = from.if_contains(name);
    return value == nullptr ? std::string{} : std::string{value->as_string()};
}

// A paragraph in lines of up to 120 columns, and an empty line.
std::string paragraph(std::string_view text)
{
    std::string out;
    while (text.size() > columns)
    {
        auto const blank = text.rfind(' ', columns);
        out.append(text.substr(0, blank)).append("\n");
        text.remove_prefix(blank + 1);
    }
    return out.append(text).append("\n\n");
}

// Text for the cell of a table.
std::string cell(std::string text)
{
    for (auto bar = text.find('|'); bar != text.npos; bar = text.find('|', bar + 2))
        text.insert(bar, "\\");
    return text;
}

std::string capital(std::string text)
{
    if (!text.empty())
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

// JSON in lines of up to 120 columns.
std::string pretty(json::value const& value, std::size_t indent, std::size_t used = 0)
{
    auto const flat = json::serialize(value);
    if (indent + used + flat.size() < columns || value.is_primitive())
        return flat;
    std::string const margin(indent + 2, ' ');
    std::string out;
    if (auto const* const list = value.if_array())
        for (auto const& item : *list)
            out.append(out.empty() ? "[\n" : ",\n").append(margin).append(pretty(item, indent + 2));
    else
        for (auto const& [name, item] : value.as_object())
        {
            out.append(out.empty() ? "{\n" : ",\n").append(margin).append("\"").append(name).append("\": ");
            out.append(pretty(item, indent + 2, name.size() + 4));
        }
    return out.append("\n").append(indent, ' ').append(value.is_array() ? "]" : "}");
}

class writer
{
public:
    explicit writer(json::object const& all) : all_{all} {}

    std::string write()
    {
        out_ = "<!-- Made from etc/openapi.yaml: ninja -C build/dev api_page -->\n# The HTTP interface\n\n";
        out_ += paragraph(text_of(all_.at("info").as_object(), "description"));
        out_ += paragraph("`GET /openapi.json` on a listener with `serve = admin` answers this as OpenAPI 3.1. The "
                          "last section, [Errors](#errors), has all refusals with their messages.");
        for (auto const& tag : all_.at("tags").as_array())
            write_tag(tag.as_object());
        write_errors();
        return out_.substr(0, out_.size() - 1);
    }

private:
    json::object const& at(json::value const& value) const { return target(all_, value).as_object(); }

    void write_tag(json::object const& tag)
    {
        out_ += "## " + capital(text_of(tag, "name")) + "\n\n" + paragraph(text_of(tag, "description"));
        for (auto const& [path, item] : all_.at("paths").as_object())
            for (auto const& [verb, operation] : item.as_object())
                if (operation.is_object() && operation.as_object().at("tags").as_array()[0] == tag.at("name"))
                    write_operation(verb, path, item.as_object(), operation.as_object());
    }

    void write_operation(std::string verb, std::string_view path, json::object const& item, json::object const& from)
    {
        std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return std::toupper(c); });
        if (item.contains("x-any-verb"))
            verb = "Any verb";
        out_ += "### `" + verb + " " + std::string{path} + "`\n\n";
        out_ += paragraph(text_of(from, "summary") + ". " + text_of(from, "description"));
        write_parameters(item, from);
        if (auto const* const body = from.if_contains("requestBody"))
            write_body(body->as_object().at("content").as_object().at("application/json").as_object());
        write_answers(from.at("responses").as_object());
    }

    void write_parameters(json::object const& item, json::object const& from)
    {
        std::string rows;
        for (auto const* const owner : {&item, &from})
            if (auto const* const list = owner->if_contains("parameters"))
                for (auto const& one : list->as_array())
                {
                    auto const& p = at(one);
                    rows += "| " + text_of(p, "name") + " | " + text_of(p, "in") + " | " +
                            cell(text_of(p, "description")) + " |\n";
                }
        if (!rows.empty())
            out_ += "| parameter | in | |\n|---|---|---|\n" + rows + "\n";
    }

    void write_body(json::object const& content)
    {
        out_ += "| member | type | |\n|---|---|---|\n";
        write_members(at(content.at("schema")), "");
        out_ += "\n";
        if (auto const* const examples = content.if_contains("examples"))
            write_examples("Requests:", *examples);
    }

    void write_members(json::object const& schema, std::string const& prefix)
    {
        auto const* const properties = schema.if_contains("properties");
        if (properties == nullptr)
            return;
        for (auto const& [name, value] : properties->as_object())
        {
            auto const& member = at(value);
            auto const full = prefix + std::string{name};
            out_ += "| " + full + " | " + type_of(member) + " | " + cell(text_of(member, "description")) + " |\n";
            write_members(member, full + ".");
        }
    }

    static std::string type_of(json::object const& schema)
    {
        auto const& type = schema.at("type");
        std::string name{type.is_array() ? type.as_array()[0].as_string() : type.as_string()};
        if (auto const* const most = schema.if_contains("maxLength"))
            name += " of up to " + json::serialize(*most) + " bytes";
        if (auto const* const least = schema.if_contains("minimum"))
            name += ", " + json::serialize(*least) + " to " + json::serialize(schema.at("maximum"));
        return name;
    }

    void write_examples(std::string_view title, json::value const& examples)
    {
        out_.append(title).append("\n\n```json\n");
        for (auto const& [name, example] : examples.as_object())
            out_ += pretty(example.as_object().at("value"), 0) + "\n";
        out_ += "```\n\n";
    }

    void write_answers(json::object const& responses)
    {
        std::string rows;
        json::value const* examples = nullptr;
        for (auto const& [status, one] : responses)
        {
            auto const& response = at(one);
            rows += "| " + std::string{status} + " | " + cell(text_of(response, "description"));
            if (auto const* const content = response.if_contains("content"))
                for (auto const& [type, media] : content->as_object())
                {
                    rows += codes_of(media.as_object().at("schema"), std::string{status});
                    if (auto const* const shown = media.as_object().if_contains("examples"))
                        examples = shown;
                }
            rows += headers_of(response);
            rows += " |\n";
        }
        if (examples != nullptr)
            write_examples("Answers:", *examples);
        out_ += "| status | |\n|---|---|\n" + rows + "\n";
    }

    // The header fields of a success, but for those that every answer has.
    static std::string headers_of(json::object const& response)
    {
        std::string names;
        for (auto const& [name, header] : response.at("headers").as_object())
            if (name.starts_with("X-Token-") || name.starts_with("X-Auth-"))
                names += (names.empty() ? " Header fields: `" : ", `") + std::string{name} + "`";
        return names;
    }

    // The codes of the refusals that the schema is or has, which the status gets too.
    std::string codes_of(json::value const& schema, std::string const& status)
    {
        std::string codes;
        std::vector<json::value const*> rows{&schema};
        if (auto const* const some = schema.as_object().if_contains("oneOf"))
        {
            rows.clear();
            for (auto const& row : some->as_array())
                rows.push_back(&row);
        }
        for (auto const* const row : rows)
            if (is_refusal(at(*row)))
            {
                statuses_[std::string{name_of_reference(*row)}].insert(status);
                if (auto const code = " `" + status_of(at(*row), "code") + "`"; codes.find(code) == codes.npos)
                    codes += code;
            }
        return codes;
    }

    static bool is_refusal(json::object const& schema) { return schema.contains("allOf"); }

    // A member of status.
    static std::string status_of(json::object const& refusal, std::string_view member)
    {
        auto const& own = refusal.at("allOf").as_array()[1].as_object().at("properties").as_object();
        auto const& status = own.at("status").as_object().at("properties").as_object();
        auto const* const value = status.at(member).as_object().if_contains("const");
        return value == nullptr ? "the member" : value->is_null() ? "null" : std::string{value->as_string()};
    }

    void write_errors()
    {
        for (auto const& [status, response] : all_.at("x-unrouted").as_object().at("responses").as_object())
            codes_of(at(response).at("content").as_object().at("application/json").as_object().at("schema"),
                     std::string{status});
        out_ += "## Errors\n\n";
        out_ += paragraph("A refusal is `{\"status\":{\"code\":...,\"message\":...,\"description\":...},\"data\":{}}`. "
                          "Programs read the code. The message is for people. The description is null or names the "
                          "member at fault. 404 and 405 answer any request that fits no path, or not its verbs.");
        out_ += "| status | code | message | description | |\n|---|---|---|---|---|\n";
        for (auto const& [name, schema] : all_.at("components").as_object().at("schemas").as_object())
            if (is_refusal(schema.as_object()))
            {
                std::string statuses;
                for (auto const& one : statuses_[std::string{name}])
                    statuses += (statuses.empty() ? "" : ", ") + one;
                auto const& row = schema.as_object();
                out_ += "| " + statuses + " | " + status_of(row, "code") + " | " + status_of(row, "message") + " | " +
                        status_of(row, "description") + " | " + cell(text_of(row, "description")) + " |\n";
            }
        out_ += "\n";
    }

    json::object const& all_;
    std::string out_;
    std::map<std::string, std::set<std::string>> statuses_;  // of each refusal, by its name
};

}  // namespace

std::string page_of(json::object const& description) { return writer{description}.write(); }

}  // namespace tokend
