#include "checks/coawait.hpp"

#include "checks/source_text.hpp"

#include <cctype>
#include <optional>

namespace tokend::test {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

// Returns the position of the whole word at or after `from`.
std::size_t find_word(std::string_view code, std::string_view word, std::size_t from)
{
    for (auto at = code.find(word, from); at != code.npos; at = code.find(word, at + 1))
        if ((at == 0 || !is_word(code[at - 1])) &&
            (at + word.size() >= code.size() || !is_word(code[at + word.size()])))
            return at;
    return code.npos;
}

// Returns true if the '[' begins a lambda. After a name, a call or another subscript it is a subscript.
bool begins_lambda(std::string_view code, std::size_t bracket)
{
    auto const before = code.substr(0, bracket).find_last_not_of(" \t\n");
    return before == code.npos || (!is_word(code[before]) && code[before] != ')' && code[before] != ']');
}

bool is_unnamed(std::string_view code, std::size_t at)
{
    return code[at] == '{' || (code[at] == '[' && begins_lambda(code, at));
}

// Matches ?:, && and ||. Unlike a reference, && and || have white space on both sides.
bool is_conditional(std::string_view code, std::size_t at)
{
    auto const is_space = [&](std::size_t i) {
        return i < code.size() && std::isspace(static_cast<unsigned char>(code[i]));
    };
    auto const two = code.substr(at, 2);
    return code[at] == '?' || ((two == "&&" || two == "||") && at > 0 && is_space(at - 1) && is_space(at + 2));
}

// The rest of the expression after `from`. It ends at a semicolon, or at a bracket that was opened before `from`.
std::optional<std::size_t> find_behind(std::string_view code, std::size_t from)
{
    int depth = 0;
    for (auto at = from; at < code.size() && code[at] != ';'; ++at)
    {
        if (is_unnamed(code, at) || is_conditional(code, at))
            return at;
        if (opens(code[at]))
            ++depth;
        if (closes(code[at]) && --depth < 0)
            break;
    }
    return std::nullopt;
}

// The part of the statement before `from`. Text in closed brackets belongs to the same expression only if a bracket is
// open around both, as in f(agg{1}, co_await g()). Otherwise it may be a block, or the condition of an `if`.
std::optional<std::size_t> find_before(std::string_view code, std::size_t from)
{
    std::optional<std::size_t> in_brackets;
    int depth = 0;
    for (auto at = from; at-- > 0 && !(code[at] == ';' && depth == 0);)
    {
        if (closes(code[at]))
            ++depth;
        if (depth > 0 && (is_unnamed(code, at) || is_conditional(code, at)))
            in_brackets = at;
        if (depth == 0 && is_conditional(code, at))
            return at;
        if (!opens(code[at]) || --depth >= 0)
            continue;
        if (code[at] == '{')
            return std::nullopt;
        if (in_brackets)
            return in_brackets;
        depth = 0;
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::size_t> risky_expressions(std::string_view source)
{
    auto const code = code_of(source);
    std::vector<std::size_t> lines;
    auto const look = [&](std::string_view word, auto find) {
        for (auto at = find_word(code, word, 0); at != code.npos; at = find_word(code, word, at + word.size()))
            if (auto const found = find(at, at + word.size()))
                lines.push_back(line_of(code, *found));
    };
    look("co_await", [&](std::size_t begin, std::size_t end) {
        auto const before = find_before(code, begin);
        return before ? before : find_behind(code, end);
    });
    look("co_spawn", [&](std::size_t, std::size_t end) { return find_behind(code, end); });
    return lines;
}

}  // namespace tokend::test
