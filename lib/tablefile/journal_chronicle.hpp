#pragma once

#include "journal/journal.hpp"
#include "table/chronicle.hpp"

namespace tokend {

// Appends what happens to the tokens of a table to a tokens file. Thread-safe. REQUIRES: the journal outlives this
// object.
class journal_chronicle final : public chronicle
{
public:
    explicit journal_chronicle(journal& to) noexcept : journal_{to} {}

    // Appends all entries of an issue, or none.
    [[nodiscard]] chronicle_result add_issue(chronicle_issue const& issue) noexcept override;
    // If the log has no room, the effect of these three is in memory alone until the next snapshot shows it.
    void add_touch(token_key key, std::chrono::sys_seconds used, std::chrono::sys_seconds expires) noexcept override;
    void add_end(token_key key) noexcept override;
    void add_replacement(std::uint64_t old, chronicle_record const& principal) noexcept override;

private:
    journal& journal_;
};

}  // namespace tokend
