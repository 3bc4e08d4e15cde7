#include "journal/journal.hpp"

#include <sys/mman.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace tokend {
namespace {

using layout::page;
using layout::whole_pages;

std::uint64_t draw()
{
    std::uint64_t value = 0;
    if (::getrandom(&value, sizeof value, 0) != sizeof value)
        throw std::system_error(errno, std::generic_category(), "getrandom");
    return value;
}

std::runtime_error refusal_of(journal_file const& file, std::string const& why)
{
    return std::runtime_error{"tokens file " + file.path().string() + ' ' + why};
}

template <class Part>
void write_page(journal_file const& file, std::size_t number, Part& part)
{
    layout::seal(part);
    file.write(number * page, std::as_bytes(std::span{&part, 1}));
}

// An empty file with all its space. Half 0 is complete, with nothing in it.
layout::header format(journal_file const& file, journal_geometry geometry, layout::state const& state)
{
    layout::header header;
    header.what.file_id = {draw(), draw()};
    header.what.salt = draw();
    header.what.geometry = geometry;
    header.halves[0] = {.number = 1, .salt = draw(), .complete = 1};
    header.halves[1] = {.number = 0, .salt = draw()};
    header.now = {.clock = state.clock, .openings = state.openings};
    file.allocate(header.file_bytes());
    // Zeros, although the space is there: to turn allocated space into written is work of the file system's journal, which the
    // pages of the log need not wait for.
    for (std::size_t which = 0; which < 2; ++which)
        file.write_zeros(header.log_at(which), geometry.log_bytes);
    write_page(file, 1, header.halves[0]);
    write_page(file, 2, header.halves[1]);
    write_page(file, 3, header.now);
    write_page(file, 0, header.what);
    file.synchronize();
    return header;
}

// Offset of the page in which a unit of a log begins.
std::uint64_t page_of(std::uint64_t unit) { return unit * journal_unit::size / page * page; }

std::filesystem::path beside(std::filesystem::path path) { return path += ".new"; }

file_mapping map_log(journal_file const& file, layout::header const& header, std::size_t which)
{
    return {file, header.log_at(which), header.what.geometry.log_bytes};
}

}  // namespace

layout::header read_header(journal_file const& file)
{
    auto const size = file.size();
    std::vector<std::byte> pages(std::min<std::uint64_t>(size, 4 * page));
    file.read(0, pages);
    layout::header header;
    if (auto const wrong = layout::read_header(pages, size, header); !wrong.empty())
        throw refusal_of(file, wrong);
    return header;
}

journal journal::open(std::filesystem::path const& path, journal_geometry geometry)
{
    if (!std::filesystem::exists(std::filesystem::symlink_status(path)))
    {
        auto made = make_beside(path, geometry, {});
        made.file_.move_to_free(path);
        return journal{std::move(made.file_), made.header_};
    }
    auto file = journal_file::open(path, journal_file::access::write);
    if (!file.is_private())
        throw refusal_of(file, "is not a file of this user alone; owner and mode 0600 were meant");
    if (!file.lock() || !file.is_at_path())
        throw refusal_of(file, "is in use by another process");
    auto header = tokend::read_header(file);
    ++header.now.openings;  // before anything is appended, so that no serial is given twice
    write_page(file, 3, header.now);
    file.synchronize();
    return journal{std::move(file), header};
}

journal journal::make_beside(std::filesystem::path const& path, journal_geometry geometry, layout::state const& state)
{
    geometry.snapshot_bytes = whole_pages(geometry.snapshot_bytes);
    geometry.log_bytes = whole_pages(geometry.log_bytes);
    auto file = journal_file::create(beside(path));
    if (!file.lock() || !file.is_at_path())
        throw refusal_of(file, "is in use by another process");
    file.empty();
    try
    {
        auto const header = format(file, geometry, state);
        return journal{std::move(file), header};
    }
    catch (...)
    {
        std::error_code ignored;  // what it was for is worse
        std::filesystem::remove(beside(path), ignored);
        throw;
    }
}

journal::journal(journal_file file, layout::header const& header)
    : file_{std::move(file)},
      header_{header},
      logs_{map_log(file_, header_, 0), map_log(file_, header_, 1)},
      room_{header_.what.geometry.log_bytes / journal_unit::size},
      spare_{std::min<std::uint64_t>(room_ / 4, 16 * journal_unit::longest)}  // a long record each for 16 threads
{}

void journal::go_on_behind(journal_contents const& found) noexcept
{
    auto const current = header_.current();
    auto const which = header_.other_continues() ? 1 - current : current;
    for (auto const& gap : found.gaps)
        for (std::uint64_t i = 0; i < gap.units; ++i)
        {
            log_place const place{static_cast<unsigned>(gap.half), 1, gap.first + i};
            journal_unit::write(at(place), {.kind = entry_kind::skip}, ~header_.seed(gap.half), place.first);
        }
    synchronized_ = found.logs.back().count;
    head_.begin(static_cast<unsigned>(which), synchronized_);
}

log_place journal::reserve(std::uint32_t units) noexcept
{
    auto const reserve_here = [&] { return head_.reserve(units, room_ - spare_); };
    if (auto const place = reserve_here())
        return place;
    std::unique_lock lock{waiting_};
    for (;;)
    {
        auto const place = reserve_here();
        if (place || given_up_)
            return place;
        turned_.wait(lock);
    }
}

void journal::fill(log_place const& place, journal_entry const& entry) noexcept
{
    journal_unit::write(at(place), entry, ~header_.seed(place.half), place.first);
    head_.fill(place);
}

void journal::synchronize()
{
    std::lock_guard const lock{synchronizing_};
    if (head_.end().first == synchronized_)
        return;
    // The next entries begin in another page, so that nobody stores to a page that is on its way to the disk.
    auto const rest = head_.reserve_rest_of_page(journal_unit::size, page);
    auto const end = rest.first + rest.units;
    if (rest && end <= room_)
        leave_out(rest);
    else
        head_.fill(rest);
    bool const all = head_.is_filled();
    auto const& log = logs_[rest.half];
    log.synchronize(page_of(synchronized_), std::min(page_of(end), log.bytes().size()));
    if (all)  // else an entry is being filled, perhaps in a page that has been written already: the next time includes it
        synchronized_ = end;
}

void journal::tell_clock(timestamp now)
{
    header_.now.clock = now.time_since_epoch().count();
    {
        std::lock_guard const lock{synchronizing_};
        header_.now.half = header_.halves[head_.end().half].number;
        header_.now.settled = synchronized_;
    }
    write_page(file_, 3, header_.now);
}

void journal::make_room_ahead() const noexcept
{
    constexpr std::size_t ahead = std::size_t{4} << 20;
    auto const end = head_.end();
    auto const log = logs_[end.half].bytes();
    auto const here = page_of(end.first);
    if (here >= faulted_ || faulted_ - here > log.size())  // the other half's
        faulted_ = here;
    auto const until = std::min(here + ahead, log.size());
    if (faulted_ >= until || (faulted_ != here && until - faulted_ < ahead / 4 && until != log.size()))
        return;
    ::madvise(log.data() + faulted_, until - faulted_, MADV_POPULATE_WRITE);  // a wish
    faulted_ = until;
}

bool journal::wants_snapshot() const noexcept
{
    auto const end = head_.end();
    return header_.halves[end.half].complete == 0 || end.first > (room_ - spare_) / 4 * 3;
}

void journal::give_up() noexcept
{
    std::lock_guard const lock{waiting_};
    given_up_ = true;
    turned_.notify_all();
}

void journal::write_half(std::size_t which)
{
    write_page(file_, 1 + which, header_.halves[which]);
    file_.synchronize();
}

// From now on entries go to the other half; all that went to this one is on the disk.
void journal::turn()
{
    std::lock_guard const lock{synchronizing_};
    auto const old = head_.end().half;
    header_.halves[1 - old] = {.number = header_.halves[old].number + 1, .salt = draw()};
    write_half(1 - old);
    faulted_ = 0;
    auto const end = head_.turn();
    {
        std::lock_guard const waiting{waiting_};
        given_up_ = false;
        turned_.notify_all();
    }
    while (!head_.is_filled(end))
        std::this_thread::sleep_for(std::chrono::microseconds{20});
    auto const& log = logs_[old];
    log.synchronize(page_of(synchronized_), std::min(whole_pages(end.first * journal_unit::size), log.bytes().size()));
    synchronized_ = 0;
}

journal::snapshot::snapshot(journal& of)
    : journal_{of}, half_{[&] {
          if (of.header_.halves[of.head_.end().half].complete != 0)
              of.turn();
          return of.head_.end().half;
      }()}
{
    buffer_.reserve(std::size_t{1} << 20);
}

void journal::snapshot::add(journal_entry const& entry)
{
    auto const units = journal_unit::count_of(entry);
    if ((written_ + units) * journal_unit::size > journal_.geometry().snapshot_bytes)
        throw refusal_of(journal_.file_, "has no room for a snapshot");
    if (buffer_.size() + units * journal_unit::size > buffer_.capacity())
        flush();
    auto const at = buffer_.size();
    buffer_.resize(at + units * journal_unit::size);
    journal_unit::write(buffer_.data() + at, entry, journal_.header_.seed(half_), written_);
    written_ += units;
    if (entry.kind == entry_kind::record)
        records_ = written_;
}

void journal::snapshot::flush()
{
    journal_.file_.write(journal_.header_.snapshot_at(half_) + flushed_, buffer_);
    flushed_ += buffer_.size();
    buffer_.clear();
}

void journal::snapshot::finish()
{
    flush();
    journal_.file_.synchronize();
    auto& half = journal_.header_.halves[half_];  // its salt stays as it is, which threads that append are reading
    half.record_units = records_;
    half.token_units = written_ - records_;
    half.complete = 1;
    try
    {
        journal_.write_half(half_);
    }
    catch (...)
    {
        half.complete = 0;
        throw;
    }
}

}  // namespace tokend
