#include "table/tokens_file.hpp"

#include <algorithm>
#include <exception>

namespace tokend {

journal_geometry geometry_for(table_options const& options)
{
    // An operation needs one unit or two; a quarter of the log has to last for as long as a snapshot takes.
    constexpr std::uint64_t least = std::uint64_t{1} << 20;
    constexpr std::uint64_t most = std::uint64_t{1} << 30;
    auto const log = std::clamp<std::uint64_t>(options.capacity / 2 * journal_unit::size, least, most);
    return {.capacity = options.capacity,
            .snapshot_bytes = layout::whole_pages(table::snapshot_bytes(options)),
            .log_bytes = layout::whole_pages(log)};
}

tokens_file::tokens_file(table& kept, table_options const& made_for, clock& now, identify const& identity_of,
                         logger& log, tokens_file_options options)
    : table_{kept}, clock_{now}, log_{log}, options_{std::move(options)}
{
    auto const wanted = geometry_for(made_for);
    journal_.reset(new journal{journal::open(options_.path, wanted)});
    now.not_before(timestamp{std::chrono::nanoseconds{journal_->state().clock}});
    {
        auto const found = journal_->contents();
        bool const shrinks = made_for.capacity < journal_->geometry().capacity;
        constexpr auto any = ~std::size_t{0};
        restored_ = table_.restore(found, identity_of, whole_seconds(now.now()), shrinks ? made_for.capacity : any);
        journal_->go_on_behind(found);
    }
    if (journal_->geometry() != wanted)
    {
        auto made =
            std::unique_ptr<journal>{new journal{journal::make_beside(options_.path, wanted, journal_->state())}};
        write_snapshot(*made);
        made->put_in_place(options_.path);
        journal_ = std::move(made);
    }
    journal_->make_room_ahead();
    table_.write_to(*journal_, journal_->state().openings);
    linking_ = std::jthread{[this] { link_restored(); }};
    thread_ = std::jthread{[this](std::stop_token stop) { run(stop); }};
}

tokens_file::~tokens_file()
{
    thread_.request_stop();
    thread_.join();
    finish();
}

void tokens_file::finish() noexcept
try
{
    journal_->synchronize();
    journal_->tell_clock(clock_.now());
}
catch (std::exception const& e)
{
    log_.error(e.what());
}

void tokens_file::write_snapshot(journal& to)
{
    journal::snapshot snapshot{to};
    table_.write_snapshot(snapshot, whole_seconds(clock_.now()));
    snapshot.finish();
}

void tokens_file::run(std::stop_token stop)
{
    constexpr std::chrono::milliseconds tick{20};
    do
        try
        {
            keep();
            trouble_.clear();
        }
        catch (std::exception const& e)
        {
            if (trouble_ != e.what())
                log_.error(trouble_ = e.what());
            journal_->give_up();
        }
    while (rest(stop, std::min(tick, options_.sync_interval)));
}

void tokens_file::link_restored()
try
{
    table_.link_restored();
}
catch (std::exception const& e)
{
    log_.error(std::string{"tokens file: the first listing will be slow: "} + e.what());
}

bool tokens_file::rest(std::stop_token stop, std::chrono::milliseconds time)
{
    std::unique_lock lock{resting_};
    return !stopping_.wait_for(lock, stop, time, [&] { return stop.stop_requested(); });
}

void tokens_file::keep()
{
    journal_->make_room_ahead();
    if (auto const now = std::chrono::steady_clock::now(); now - synchronized_at_ >= options_.sync_interval)
    {
        synchronized_at_ = now;
        journal_->synchronize();
        journal_->tell_clock(clock_.now());
    }
    if (journal_->wants_snapshot())
        write_snapshot(*journal_);
}

}  // namespace tokend
