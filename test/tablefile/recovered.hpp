#pragma once

#include "journal/contents.hpp"
#include "table/table.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace tokend::testing {

// What a table makes of the bytes of a tokens file.
class recovered
{
public:
    static constexpr std::chrono::sys_seconds now{std::chrono::seconds{1'800'000'000}};
    static table_options const options;

    explicit recovered(std::span<std::byte const> file);

    bool opened() const noexcept { return table_.has_value(); }  // else it was refused
    std::size_t size() const noexcept { return table_ ? table_->size() : 0; }
    std::size_t damaged() const noexcept { return damaged_; }
    bool is_sound();  // what the table counts and what it holds is the same

    struct token
    {
        std::string who;
        std::chrono::sys_seconds issued_at;
        std::chrono::sys_seconds expires_at;
    };
    std::optional<token> find(token_key key) const;

private:
    std::optional<table> table_;
    std::size_t damaged_ = 0;
};

}  // namespace tokend::testing
