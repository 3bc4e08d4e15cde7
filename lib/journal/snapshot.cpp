#include "journal/journal.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tokend {

// The turn of the snapshot: everything that was appended before this call returns was done to the table before. Entries
// logged from here on are copied. An end that is lost from here on asks for another file.
journal::snapshot::snapshot(journal& of, std::uint64_t capacity, old_file how, std::function<void()> between)
    : journal_{of},
      file_{create_for(of)},
      header_{layout::new_header(capacity)},
      synchronizing_{of.synchronizing_},
      writing_{of.writing_},
      copied_{of.tail_},
      losses_{of.losses_.load()},
      between_{std::move(between)}
{
    header_.what.newest = of.buffer_.newest();
    if (how == old_file::sound)
    {
        writing_.unlock();
        synchronizing_.unlock();
    }
    writer_.begin(layout::header_bytes, header_.snapshot_seed());
}

journal::snapshot::~snapshot()
{
    if (!finished_)
        file_.remove();
}

void journal::snapshot::add(journal_entry const& entry)
{
    constexpr std::uint64_t often = 2048;
    constexpr std::uint64_t seldom = (std::uint64_t{1} << 22) / journal_unit::size;
    auto const units = journal_unit::count_of(entry);
    auto const before = writer_.units();
    writer_.put(entry);
    (has_bytes(entry.kind) ? header_.what.record_units : header_.what.token_units) += units;
    if (before / often != (before + units) / often)
        rest();
    if (before / seldom != (before + units) / seldom)
    {
        writer_.flush();
        file_.synchronize();  // a little at a time, because those who wait for the old file wait for this call too
    }
}

void journal::snapshot::refuse_foreign_file(journal const& of)
{
    if (!of.file_.is_at_path() && std::filesystem::exists(std::filesystem::symlink_status(of.path_)))
        throw refusal_of(of.file_, "was replaced by another file; move that away");
}

journal_file journal::snapshot::create_for(journal const& of)
{
    refuse_foreign_file(of);
    return journal_file::create_beside(of.path());
}

// Copies the old log up to unit `until`. The skip between the two copies of an end keeps them in different pages.
void journal::snapshot::copy_log(std::uint64_t until)
{
    journal_part const part{journal_.file_.reader(), journal_.offset_of(copied_), until - copied_,
                            journal_.header_.log_seed(), copied_};
    auto const copy = [this](journal_entry const& e) {
        if (e.kind == entry_kind::skip)
            writer_.start_fresh_page();
        else
            writer_.put(e);
    };
    bool whole = true;
    auto const found = for_each_entry(part, copy, [&](journal_hole) { whole = false; });
    if (!whole || found.end != until)
    {
        journal_.want_new_file();
        throw refusal_of(journal_.file_, "cannot be read back");
    }
    copied_ = until;
    writer_.flush();
}

std::uint64_t journal::snapshot::finish()
{
    auto& j = journal_;
    writer_.begin(header_.log_at(), header_.log_seed());
    bool const sound = !writing_.owns_lock();
    if (sound)
    {
        auto const tail = [&] {
            std::lock_guard const lock{j.writing_};
            return j.tail_;
        };
        copy_log(tail());
        file_.synchronize();  // most of the log, while others write
        between_();
    }
    if (sound)
    {
        synchronizing_.lock();
        writing_.lock();
        copy_log(j.tail_);
    }
    complete(file_, header_, writer_.units(), j.copies_.size() / journal_unit::size);
    refuse_foreign_file(j);
    file_.rename(j.path_);
    finished_ = true;
    std::swap(j.file_, file_);
    j.header_ = header_;
    j.allocated_ = header_.now.bytes;
    j.tail_ = header_.now.settled;
    j.has_holes_ = false;
    j.mended_ = losses_;
    j.buffer_.set_room(j.free_units());
    auto const written = j.written_;
    writing_.unlock();
    try
    {
        j.file_.synchronize_folder();
    }
    catch (...)
    {
        j.want_new_file();
        throw;
    }
    synchronizing_.unlock();
    return written;
}

}  // namespace tokend
