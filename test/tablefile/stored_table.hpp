#pragma once

#include "support/temporary_folder.hpp"
#include "table/tokens.hpp"
#include "tablefile/tokens_file.hpp"

#include <fcntl.h>

#include <filesystem>
#include <future>
#include <memory>
#include <optional>

// A table with its file.
namespace tokend::testing {

inline table_options const small_table{.capacity = 200, .record_bytes = 32 * 1024, .stripes = 4};

// Of a principal of the tests, who is his own owner.
inline std::optional<std::string> owner_of(std::span<char const> principal)
{
    return std::string{principal.begin(), principal.end()};
}

// A principal of the tests has the same bytes in a file of version 2.
inline std::optional<version_2::upgraded_record> as_it_is(std::span<char const> record)
{
    return version_2::upgraded_record{{record.begin(), record.end()}, {}};
}

inline clock clock_ahead_by(std::chrono::nanoseconds ahead)
{
    clock now;
    now.not_before(now.now() + ahead);
    return now;
}

class stored_table
{
public:
    explicit stored_table(std::filesystem::path const& path, table_options const& options = small_table,
                          std::chrono::nanoseconds ahead = {})
        : now{clock_ahead_by(ahead)},
          kept{options},
          file{std::make_unique<tokens_file>(
              kept, options, now, owner_of, as_it_is, log,
              tokens_file_options{.path = path, .sync_interval = std::chrono::hours{1}, .look = std::chrono::hours{1}})}
    {}

    sys_seconds time() const { return whole_seconds(now.now()); }
    insert_result put(token_key key, std::string const& who = alice, seconds life = seconds{1000})
    {
        return tokend::testing::put(kept, key, who, life, time());
    }
    // Waits until all that was done before is that safe. Returns false if it cannot be brought there.
    bool keep(durability how)
    {
        std::promise<bool> told;
        file->wait(how, when_done([&](bool done) { told.set_value(done); }));
        return told.get_future().get();
    }
    bool has(token_key key) const { return tokend::testing::has(kept, key, time()); }

    clock now;
    logger log{now, {.descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC)}};
    table kept;
    std::unique_ptr<tokens_file> file;
};

inline sys_seconds end_of(stored_table const& t, token_key key)
{
    found_token found;
    BOOST_REQUIRE(t.kept.find(key, t.time(), found));
    return found.expires_at;
}

}  // namespace tokend::testing
