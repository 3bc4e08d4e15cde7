#pragma once

#include "base/principal.hpp"
#include "journal/journal.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tokend {

// A live token, as tokend would restore it.
struct stored_token
{
    journal_entry const& entry;
    std::uint32_t expires;  // Unix seconds, with the uses since
    principal_view const& who;
    std::string_view client_address;  // empty: unknown
};

struct stored_counts
{
    std::size_t live = 0;
    std::size_t expired = 0;
    std::size_t damaged = 0;
    std::size_t unfinished = 0;
};

// A tokens file that is only read, whether or not a tokend has it open. The constructor throws std::system_error, and
// std::runtime_error with a line that explains what is wrong.
class stored_tokens
{
public:
    explicit stored_tokens(std::string const& path);

    journal_file const& file() const noexcept { return file_; }
    layout::header const& header() const noexcept { return header_; }
    journal_contents const& contents() const noexcept { return contents_; }
    std::chrono::sys_seconds now() const noexcept { return now_; }  // of the system, but not before the newest use

    // Calls `use` for each token that is live now, and counts the others.
    stored_counts for_each_live(std::function<void(stored_token const&)> const& use) const;

private:
    journal_file const file_;
    layout::header const header_;
    journal_contents const contents_;
    std::chrono::sys_seconds const now_;
    std::unordered_map<std::uint64_t, principal_view> principals_{};  // by serial; they point into contents_
    std::unordered_map<std::uint64_t, std::string_view> addresses_{};
};

}  // namespace tokend
