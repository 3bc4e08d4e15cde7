#include "fuzz/responses.hpp"

#include "fuzz/expect.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <set>

namespace tokend::test {
namespace {

void check_headers(answer const& a)
{
    std::set<std::string> names;
    for (auto const& [name, value] : a.headers)
    {
        expect(names.insert(name).second, "no header field is there twice");
        expect(!name.empty() && name.find_first_of(" \t:") == name.npos, "a header field has a name");
        auto const is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
        expect(std::none_of(value.begin(), value.end(), is_control), "no header field holds a control character");
    }
    for (auto const* name : {"Date", "Cache-Control", "X-Content-Type-Options", "X-Request-Id", "Content-Length"})
        expect(names.contains(name), "every answer has the usual header fields");
    expect(a.status != 401 || names.contains("WWW-Authenticate"), "401 has a challenge");
    expect(a.status != 405 || names.contains("Allow"), "405 names the verbs");
    expect((a.status != 429 && a.status != 503) || names.contains("Retry-After"), "429 and 503 say when to come back");
}

void check_body(answer const& a, bool is_to_head)
{
    bool const has_type = a.count("Content-Type") == 1;
    expect(has_type == (a.body_size() > 0), "a body has a type");
    if (!has_type || is_to_head)
        return;
    expect(a.header("Content-Type") == "application/json", "a body is JSON");
    boost::json::error_code ec;
    boost::json::parse(a.body, ec);
    expect(!ec, "a body is valid JSON");
}

// Removes what stands between `before` and the next of these ends, everywhere.
void blank(std::string& text, std::string_view before, std::string_view ends)
{
    for (auto at = text.find(before); at != text.npos; at = text.find(before, at + before.size()))
    {
        auto const begin = at + before.size();
        text.erase(begin, std::min(text.find_first_of(ends, begin), text.size()) - begin);
    }
}

bool is_made_here(std::string_view request_id)
{
    return request_id.size() == 24 && request_id[8] == '-' &&
           request_id.find_first_not_of("0123456789", 9) == request_id.npos;
}

}  // namespace

void check_answer(answer const& a, bool is_to_head)
{
    expect(a.status != 500, "no request is answered INTERNAL_ERROR");
    check_headers(a);
    check_body(a, is_to_head);
}

std::string lasting_text(answer const& a)
{
    constexpr std::string_view passing[] = {"Date", "X-Token-Accessor", "X-Token-Expires-In", "X-Auth-Accessor",
                                            "X-Auth-Expires-In"};
    auto text = std::to_string(a.status) + '\n';
    for (auto const& [name, value] : a.headers)
    {
        bool const passes = std::find(std::begin(passing), std::end(passing), name) != std::end(passing) ||
                            (name == "X-Request-Id" && is_made_here(value));
        text.append(name).append(": ").append(passes ? "" : value).append("\n");
    }
    auto body = a.body;
    for (auto const* before :
         {R"("token":")", R"("accessor":")", R"("next_cursor":")", R"("issued_at":")", R"("expires_at":")"})
        blank(body, before, "\"");
    blank(body, R"("expires_in":)", ",}");
    return text.append(body);
}

}  // namespace tokend::test
