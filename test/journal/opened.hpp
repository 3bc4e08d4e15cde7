#pragma once

#include "journal/journal.hpp"
#include "support/bytes_of.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

// A journal that goes on where its file ended, and what is in it.
namespace tokend::test {

using keys = std::vector<std::uint64_t>;

struct found
{
    keys records;  // serials
    keys issued;   // the first halves of keys
    keys ended;
};

inline found all_of(journal_contents const& contents)
{
    found out;
    auto const note = [&](journal_entry const& e) {
        if (e.kind == entry_kind::issue)
            out.issued.push_back(e.a);
        if (e.kind == entry_kind::end)
            out.ended.push_back(e.a);
    };
    for (auto const& record : contents.records)
        out.records.push_back(record.serial);
    for_each_entry(contents.tokens, note);
    for_each_entry(contents.log, note);
    return out;
}

struct opened
{
    std::unique_ptr<journal> kept;

    explicit opened(std::filesystem::path const& path) : kept{journal::open(path, 100)}
    {
        kept->go_on_behind(kept->contents());
    }
    found all() const { return all_of(kept->contents()); }
    append_result append(journal_entry const& entry)
    {
        auto const purpose = entry.kind == entry_kind::end ? entry_purpose::end : entry_purpose::issue;
        return kept->append(std::span{&entry, 1}, purpose);
    }
    append_result issue(std::uint64_t a)
    {
        return append({.kind = entry_kind::issue, .a = a, .issued = 1, .expires = 2, .serial = 1});
    }
    append_result end(std::uint64_t a) { return append({.kind = entry_kind::end, .a = a}); }
};

// A folder for a journal.
struct place
{
    temporary_folder folder;
    std::filesystem::path path = folder.path() / "tokens";
};

// Why a file is refused; empty if it is not.
inline std::string refusal_of(std::filesystem::path const& path)
{
    try
    {
        journal::open(path, 100);
        return "";
    }
    catch (std::runtime_error const& e)
    {
        return e.what();
    }
}

}  // namespace tokend::test
