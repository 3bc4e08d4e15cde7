#pragma once

#include "journal/journal.hpp"
#include "table/chronicle.hpp"

namespace tokend {

// Appends what happens to a table's tokens to a tokens file. REQUIRES: the journal outlives this object.
class journal_chronicle final : public chronicle
{
public:
    explicit journal_chronicle(journal& to) noexcept : journal_{to} {}

    // All entries of an issue are appended, or none.
    [[nodiscard]] chronicle_result add_issue(chronicle_issue const& issue) noexcept override;
    // Without room in the log these three hold in memory alone, until the next snapshot shows them.
    void add_touch(token_key key, std::chrono::sys_seconds used, std::chrono::sys_seconds expires) noexcept override;
    void add_end(token_key key) noexcept override;
    void add_replacement(std::uint64_t old, chronicle_record const& principal) noexcept override;

private:
    journal& journal_;
};

}  // namespace tokend
