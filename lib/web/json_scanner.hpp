#pragma once

#include "web/text_buffer.hpp"

#include <cstddef>
#include <string_view>

namespace tokend {

// The words of a JSON text (RFC 8259), one after the other: what a function takes stands at the front of what is left. Where it does
// not, it returns false; a string or a number may then be taken in part.
class json_scanner
{
public:
    // `unescaped`: gets the strings that are written with escapes; no more bytes than the text has. REQUIRES: both outlive this object.
    json_scanner(std::string_view text, text_buffer& unescaped) noexcept : rest_{text}, unescaped_{&unescaped} {}

    bool at_end() const noexcept { return rest_.empty(); }
    char front() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
    void skip_blanks() noexcept
    {
        while (front() == ' ' || front() == '\t' || front() == '\r' || front() == '\n')
            rest_.remove_prefix(1);
    }
    bool take(char c) noexcept
    {
        if (!rest_.starts_with(c))
            return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take(std::string_view word) noexcept
    {
        if (!rest_.starts_with(word))
            return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    bool take_number() noexcept;
    // With its quotes; `text` is what it says: a view of the scanned text, or of `unescaped`.
    bool take_string(std::string_view& text);

private:
    std::string_view take_bytes(std::size_t n) noexcept;
    std::string_view take_plain() noexcept;
    std::string_view take_wide() noexcept;
    bool take_digits() noexcept;
    bool take_escaped(std::string_view& text);
    bool take_escape();
    bool take_code_point();
    bool take_code_unit(unsigned& unit) noexcept;

    std::string_view rest_;
    text_buffer* unescaped_;
};

}  // namespace tokend
