#pragma once

#include "journal/part.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace tokend {

// An open file with the few calls that the journal makes. Each throws a std::system_error that names the path.
class journal_file
{
public:
    enum class access
    {
        read,
        write
    };

    static journal_file open(std::filesystem::path const& path, access how);
    static journal_file create(std::filesystem::path const& path);  // mode 0600; throws if something has this name
    // Creates and locks a new file at `path`.new. Removes a file that an interrupted snapshot left there. Throws
    // std::runtime_error if something else has the name.
    static journal_file create_beside(std::filesystem::path path);
    journal_file(journal_file&& other) noexcept;
    journal_file& operator=(journal_file&& other) noexcept;
    ~journal_file();

    std::filesystem::path const& path() const noexcept { return path_; }
    std::uint64_t size() const;

    [[nodiscard]] bool lock() const;  // until this object closes the file; returns false if another process holds it
    [[nodiscard]] bool is_at_path() const;  // returns false if the path leads to another file or to none
    [[nodiscard]] bool is_private() const;  // a regular file, of this user, that nobody else may read or write

    void read(std::uint64_t at, std::span<std::byte> out) const;  // zeros behind the end of the file
    read_bytes reader() const  // the same as a function; this object outlives it, and does not move
    {
        return [this](std::uint64_t at, std::span<std::byte> out) { read(at, out); };
    }
    void write(std::uint64_t at, std::span<std::byte const> bytes) const;
    void allocate(std::uint64_t from, std::uint64_t bytes) const;  // disk space; the file grows if it is shorter
    void synchronize() const;                                      // everything written so far is on the disk
    void remove() const noexcept;                                  // its name
    void rename(std::filesystem::path const& path);                // takes that name, whatever has it
    void rename_to_free(std::filesystem::path const& path);        // throws if something has the name
    void synchronize_folder() const;                               // the name is on the disk

private:
    journal_file(std::filesystem::path path, int fd) : path_{std::move(path)}, fd_{fd} {}
    [[noreturn]] void fail(char const* what) const;

    std::filesystem::path path_;
    int fd_ = -1;
};

}  // namespace tokend
