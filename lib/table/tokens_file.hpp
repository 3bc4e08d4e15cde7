#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "journal/journal.hpp"
#include "table/table.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace tokend {

struct tokens_file_options
{
    std::filesystem::path path{};
    std::chrono::milliseconds sync_interval{1000};
};

// The file that a table's tokens survive in. Construction takes in what is in it; from then on everything that happens is in the
// page cache before the table's calls return, and on a thread of this object's own it goes to the disk and new snapshots are made.
class tokens_file
{
public:
    // A file for another capacity than the table's is made anew. The clock does not begin before the file's last. Throws
    // std::runtime_error, with a line that says what is wrong and what was meant, and std::system_error.
    // REQUIRES: nothing was inserted; nobody uses the clock yet; all outlive this object, and nobody uses the table
    // when it is destroyed.
    tokens_file(table& kept, table_options const& made_for, clock& now, identify const& identity_of, logger& log,
                tokens_file_options options);
    ~tokens_file();

    restored_tokens const& restored() const noexcept { return restored_; }
    // Brings everything that has happened to the disk. Any thread. Throws std::system_error.
    void synchronize() { journal_->synchronize(); }
    void finish() noexcept;  // the same at the end of the process, with the clock; trouble goes to the log

private:
    void write_snapshot(journal& to);
    void run(std::stop_token stop);
    void keep();
    void link_restored();
    bool rest(std::stop_token stop, std::chrono::milliseconds time);  // false: it is to stop

    table& table_;
    clock const& clock_;
    logger& log_;
    tokens_file_options const options_;
    std::unique_ptr<journal> journal_;
    restored_tokens restored_;
    std::chrono::steady_clock::time_point synchronized_at_{};  // the thread's, as the next
    std::string trouble_;
    std::mutex resting_;  // guards nothing but the wait
    std::condition_variable_any stopping_;
    std::jthread linking_;  // ends by itself; last, as the next: they run over all above
    std::jthread thread_;
};

// What a file for such a table has room for.
journal_geometry geometry_for(table_options const& options);

}  // namespace tokend
