#include "common/account.hpp"

#include "common/join.hpp"

#include <algorithm>

namespace tokend::plugin {

membership read_membership(record const& from, std::size_t units_column, std::vector<std::string> const* fallback)
{
    auto const default_column = units_column + 1;
    membership read{from.items(units_column), std::string{from[default_column]}, from.items(units_column + 2)};
    bool const names_units = !read.units.empty();
    if (!names_units && fallback != nullptr)
        read.units = *fallback;
    for (auto const& unit : read.units)
    {
        from.require_size(units_column, unit, max_unit_bytes);
        if (unit.find(' ') != unit.npos)
            from.refuse(units_column,
                        "'" + unit +
                            "' holds a blank; this column is a list of units like 'one,two', and no comment "
                            "as htpasswd files may have");
    }
    bool const is_checkable = names_units || fallback != nullptr;
    if (is_checkable && !read.default_unit.empty() &&
        std::find(read.units.begin(), read.units.end(), read.default_unit) == read.units.end())
        from.refuse(default_column, "'" + read.default_unit + "' is none of the units");
    return read;
}

std::string format_columns(membership const& m)
{
    return join(m.units, ",") + ':' + m.default_unit + ':' + join(m.groups, ",");
}

}  // namespace tokend::plugin
