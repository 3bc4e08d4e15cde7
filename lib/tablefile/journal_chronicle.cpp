#include "tablefile/journal_chronicle.hpp"

#include "table/life.hpp"

#include <array>
#include <cstddef>
#include <tuple>

namespace tokend {
namespace {

chronicle_result result_of(append_result append) noexcept
{
    switch (append)
    {
    case append_result::done:
        return chronicle_result::done;
    case append_result::full:
        return chronicle_result::full;
    case append_result::unwritable:
        break;
    }
    return chronicle_result::unwritable;
}

}  // namespace

// Appends the bytes of a record before the first issue that names it.
chronicle_result journal_chronicle::add_issue(chronicle_issue const& issue) noexcept
{
    auto const& principal = issue.principal;
    auto const& address = issue.address;
    std::array<journal_entry, 3> entries;
    std::size_t count = 0;
    if (!principal.serial->is_recorded())
        entries[count++] = {.kind = entry_kind::record, .serial = principal.serial->number(), .bytes = principal.bytes};
    if (address.serial != nullptr && !address.serial->is_recorded())
        entries[count++] = {.kind = entry_kind::address, .serial = address.serial->number(), .bytes = address.bytes};
    entries[count++] = {.kind = entry_kind::issue,
                        .a = issue.key.a,
                        .b = issue.key.b,
                        .issued = narrow(issue.issued),
                        .expires = narrow(issue.expires),
                        .serial = principal.serial->number(),
                        .address = address.serial != nullptr ? address.serial->number() : 0};
    auto const appended = journal_.append(std::span{entries}.first(count), entry_purpose::issue);
    if (appended == append_result::done)
    {
        principal.serial->set_recorded();
        if (address.serial != nullptr)
            address.serial->set_recorded();
    }
    return result_of(appended);
}

void journal_chronicle::add_touch(token_key key, std::chrono::sys_seconds used,
                                  std::chrono::sys_seconds expires) noexcept
{
    journal_entry const touch{
        .kind = entry_kind::touch, .a = key.a, .b = key.b, .issued = narrow(used), .expires = narrow(expires)};
    std::ignore = journal_.append(std::span{&touch, 1}, entry_purpose::use);
}

void journal_chronicle::add_end(token_key key) noexcept
{
    journal_entry const end{.kind = entry_kind::end, .a = key.a, .b = key.b};
    std::ignore = journal_.append(std::span{&end, 1}, entry_purpose::end);
}

void journal_chronicle::add_replacement(std::uint64_t old, chronicle_record const& principal) noexcept
{
    std::array<journal_entry, 2> entries;
    std::size_t count = 0;
    if (!principal.serial->is_recorded())
        entries[count++] = {.kind = entry_kind::record, .serial = principal.serial->number(), .bytes = principal.bytes};
    entries[count++] = {.kind = entry_kind::record, .serial = old, .bytes = principal.bytes};
    if (journal_.append(std::span{entries}.first(count), entry_purpose::use) == append_result::done)
        principal.serial->set_recorded();
}

}  // namespace tokend
