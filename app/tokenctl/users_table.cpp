#include "users_table.hpp"

#include "failure.hpp"

#include "base/text.hpp"

namespace tokend {

std::string without_flags(std::string_view flags, std::function<bool(std::string_view)> const& is_gone)
{
    std::string kept;
    for (auto const flag : split_list(flags))
        if (!is_gone(flag))
            kept.append(kept.empty() ? "" : ",").append(flag);
    return kept;
}

std::string with_flag(std::string_view flags, std::string_view flag)
{
    auto kept = without_flags(flags, [&](std::string_view one) { return one == flag; });
    return kept.append(kept.empty() ? "" : ",").append(flag);
}

plugin::users read_users(std::string const& file)
{
    return plugin::users::parse(read_existing_table(file), file, nullptr);
}

plugin::user const& find_user(plugin::users const& in, std::string const& file, std::string const& name)
{
    auto const* const found = in.find(name);
    if (found == nullptr)
        throw failure{exit_code::refused, file + ": there is no user '" + name + "'"};
    return *found;
}

table_reader line_of_user(std::string const& file, std::string const& name)
{
    return {.column_count = user_column_count,
            .find =
                [=](std::string const& text) {
                    auto const known = plugin::users::parse(text, file, nullptr);
                    return record_place{find_user(known, file, name).line, known.size() == 1};
                },
            .check = [=](std::string const& text) { plugin::users::parse(text, file, nullptr); }};
}

}  // namespace tokend
