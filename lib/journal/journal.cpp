#include "journal/journal.hpp"

#include "journal/new_file.hpp"
#include "journal/version_2.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tokend {

using layout::page;
using layout::whole_pages;

layout::header read_header(journal_file const& file)
{
    auto const size = file.size();
    std::vector<std::byte> pages(std::min<std::uint64_t>(size, layout::header_bytes));
    file.read(0, pages);
    layout::header header;
    if (auto const wrong = layout::read_header(pages, size, header); !wrong.empty())
        throw refusal_of(file, wrong);
    return header;
}

std::unique_ptr<journal> journal::open(std::filesystem::path const& path, std::uint64_t capacity)
{
    if (!std::filesystem::exists(std::filesystem::symlink_status(path)))
    {
        auto file = journal_file::create_beside(path);
        try
        {
            auto header = layout::new_header(capacity);
            complete(file, header, 0);
            file.rename_to_free(path);
            file.synchronize_folder();
            return std::make_unique<journal>(std::move(file), header);
        }
        catch (...)
        {
            file.remove();
            throw;
        }
    }
    auto file = journal_file::open(path, journal_file::access::write);
    if (!file.is_private())
        throw refusal_of(file, "is not a file of this user alone; owner and mode 0600 were meant");
    if (!file.lock() || !file.is_at_path())
        throw refusal_of(file, "is in use by another process");
    auto const header = tokend::read_header(file);
    return std::make_unique<journal>(std::move(file), header);
}

std::string journal::what_is_wrong(std::filesystem::path const& path)
try
{
    auto const file = journal_file::open(path, journal_file::access::read);
    if (!file.is_private())
        return refusal_of(file, "is not a file of this user alone; owner and mode 0600 were meant").what();
    if (!version_2::is_one(file))
        tokend::read_header(file);
    return {};
}
catch (std::exception const& e)
{
    return e.what();
}

journal::journal(journal_file file, layout::header const& header)
    : path_{file.path()},
      buffer_{std::size_t{8} << 20},
      file_{std::move(file)},
      header_{header},
      allocated_{file_.size()}
{}

void journal::go_on_behind(journal_contents const& found, std::uint32_t newest)
{
    std::lock_guard const lock{writing_};
    tail_ = std::max<std::uint64_t>(found.log.count, header_.now.settled);
    has_holes_ = found.unfinished != 0 || found.damaged != 0;
    buffer_.newest(newest);
    try
    {
        extend(for_ends);
    }
    catch (std::system_error const&)
    {
        buffer_.set_room(free_units());  // no issue is taken until there is room
    }
}

append_result journal::append(std::span<journal_entry const> entries, entry_purpose purpose) noexcept
{
    if (purpose == entry_purpose::issue && refuses_issues_.load(std::memory_order_relaxed))
        return append_result::unwritable;
    if (buffer_.append(entries, purpose))
        return append_result::done;
    if (purpose == entry_purpose::issue)
        return append_result::full;
    want_new_file();
    return append_result::unwritable;
}

// The units that fit the file, less the copies of ends that are still to be written and the padding of a few
// synchronizations.
std::uint64_t journal::free_units() const noexcept
{
    auto const all = allocated_ > header_.log_at() ? (allocated_ - header_.log_at()) / journal_unit::size : 0;
    auto const used = tail_ + (2 * batch_.size() + copies_.size()) / journal_unit::size + for_padding;
    return all > used ? all - used : 0;
}

// Extends the file by a large step beyond what it has promised, or as far as the disk has room. Throws
// std::system_error if there is no room for `units` units.
void journal::extend(std::uint64_t units)
{
    if (free_units() < room_ahead)
    {
        auto const missing = [this](std::uint64_t wanted) {
            return wanted > free_units() ? (wanted - free_units()) * journal_unit::size : 0;
        };
        auto const wanted = allocated_ + std::max(missing(room_ahead), step_of(allocated_));
        allocated_ = allocate_most(file_, allocated_, wanted, allocated_ + missing(units));
    }
    buffer_.set_room(free_units());
}

std::uint64_t journal::write()
{
    std::lock_guard const lock{writing_};
    if (batch_.empty())
        batch_ = buffer_.take();
    if (!batch_.empty())
        write_batch();
    return written_;
}

void journal::write_batch()
{
    if (file_.size() < allocated_)
    {
        want_new_file();
        throw refusal_of(file_, "was made shorter by somebody else");
    }
    std::size_t ends = 0;
    for (std::size_t at = 0; at < batch_.size();)
    {
        auto* const unit = batch_.data() + at;
        at += journal_unit::seal(unit, header_.log_seed(), tail_ + at / journal_unit::size) * journal_unit::size;
        ends += journal_unit::is_end(unit);
    }
    file_.write(offset_of(tail_), batch_);
    if (auto const needed = copies_.size() + ends * journal_unit::size; needed > copies_.capacity())
        copies_.reserve(std::max(needed, 2 * copies_.capacity()));  // else each batch would move all copies
    for (std::size_t at = 0; ends != 0; at += journal_unit::units_at(batch_.data() + at) * journal_unit::size)
        if (auto* const unit = batch_.data() + at; journal_unit::is_end(unit))
        {
            copies_.insert(copies_.end(), unit, unit + journal_unit::size);
            --ends;
        }
    auto const units = batch_.size() / journal_unit::size;
    tail_ += units;
    written_ += units;
    batch_ = {};
    if (copies_.size() >= many_copies)
        write_copies();
    buffer_.set_room(free_units());
    if (free_units() < room_ahead)
        try
        {
            extend(0);
        }
        catch (std::system_error const&)
        {
            // make_room() reports it once it matters
        }
}

bool journal::make_room()
{
    std::lock_guard const lock{writing_};
    extend(0);
    return free_units() > for_ends;
}

// Makes the next entry begin in a fresh page, so that a page on its way to the disk is not written again.
void journal::start_fresh_page()
{
    auto const fresh = fresh_page_behind(tail_);
    if (fresh == tail_)
        return;
    std::array<std::byte, journal_unit::size> skip{};
    journal_unit::write(skip.data(), {.kind = entry_kind::skip, .units = fresh - tail_});
    journal_unit::seal(skip.data(), header_.log_seed(), tail_);
    file_.write(offset_of(tail_), skip);
    tail_ = fresh;
}

// Writes the second copies in other pages than the first ones, which precede the padding.
void journal::write_copies()
{
    start_fresh_page();
    for (std::size_t at = 0; at < copies_.size(); at += journal_unit::size)
        journal_unit::seal(copies_.data() + at, header_.log_seed(), tail_ + at / journal_unit::size);
    file_.write(offset_of(tail_), copies_);
    tail_ += copies_.size() / journal_unit::size;
    copies_.clear();
    start_fresh_page();
}

std::uint64_t journal::synchronize()
{
    std::lock_guard const alone{synchronizing_};
    layout::state next;
    std::uint64_t written = 0;
    {
        std::lock_guard const lock{writing_};
        if (file_.size() < allocated_)
        {
            want_new_file();
            throw refusal_of(file_, "was made shorter by somebody else");
        }
        if (tail_ == header_.now.settled && copies_.empty() && !has_holes_)
            return written_;
        start_fresh_page();
        if (!copies_.empty())
            write_copies();
        next = {.bytes = allocated_, .settled = has_holes_ ? header_.now.settled : tail_};
        written = written_;
    }
    try
    {
        file_.synchronize();
    }
    catch (...)
    {
        want_new_file();  // pages that could not be written may be lost, although the next attempt succeeds
        throw;
    }
    std::lock_guard const lock{writing_};
    write_page(file_, 1, next);
    header_.now = next;
    buffer_.set_room(free_units());
    return written;
}

bool journal::is_synchronized() const
{
    std::lock_guard const lock{writing_};
    return tail_ == header_.now.settled && copies_.empty();
}

void journal::check_identity()
{
    std::lock_guard const lock{writing_};
    if (file_.is_at_path() && file_.size() >= allocated_)
        return;
    want_new_file();
    if (!file_.is_at_path())
        throw refusal_of(file_, std::filesystem::exists(std::filesystem::symlink_status(path_))
                                    ? "was replaced by another file; move that away"
                                    : "was removed by somebody else");
    throw refusal_of(file_, "was made shorter by somebody else");
}

bool journal::wants_snapshot(std::uint64_t live_tokens) const
{
    std::lock_guard const lock{writing_};
    auto const old = header_.log_at() - layout::header_bytes;
    auto const log = tail_ * journal_unit::size;
    if (needs_new_file() || has_holes_ || log > std::max(least_step, old / 2))
        return true;
    return old + log > least_step && 4 * live_tokens < header_.what.token_units + tail_;
}

}  // namespace tokend
