#pragma once

#include "journal/part.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace tokend {

// A descriptor with the few calls that the journal makes. All throw std::system_error that names the path.
class journal_file
{
public:
    enum class access
    {
        read,
        write
    };

    static journal_file open(std::filesystem::path const& path, access how);
    static journal_file create(std::filesystem::path const& path);  // mode 0600, if it is not there
    journal_file(journal_file&& other) noexcept;
    journal_file& operator=(journal_file&& other) noexcept;
    ~journal_file();

    std::filesystem::path const& path() const noexcept { return path_; }
    int descriptor() const noexcept { return fd_; }
    std::uint64_t size() const;

    bool lock() const;                 // of its own, until it is closed; false: another process has it
    bool is_at_path() const noexcept;  // the path still leads here
    bool is_private() const;           // a regular file, of this user, for nobody else to read or write

    void read(std::uint64_t at, std::span<std::byte> out) const;  // as much as there is, zeros behind it
    read_bytes reader() const  // of the same; this object outlives it, and does not move
    {
        return [this](std::uint64_t at, std::span<std::byte> out) { read(at, out); };
    }
    void write(std::uint64_t at, std::span<std::byte const> bytes) const;
    void allocate(std::uint64_t bytes) const;  // all of it, so that no later write finds the disk full
    void write_zeros(std::uint64_t at, std::uint64_t bytes) const;
    void synchronize() const;  // everything written so far is on the disk
    void empty() const;
    void replace(std::filesystem::path const& other);      // by renaming, and synchronizes the folder, as the next
    void move_to_free(std::filesystem::path const& path);  // throws if there is something

private:
    journal_file(std::filesystem::path path, int fd) : path_{std::move(path)}, fd_{fd} {}
    [[noreturn]] void fail(char const* what) const;
    void synchronize_folder() const;

    std::filesystem::path path_;
    int fd_ = -1;
};

// Some bytes of a file in memory, to be written. Throws std::system_error.
class file_mapping
{
public:
    file_mapping(journal_file const& file, std::uint64_t at, std::size_t bytes);
    ~file_mapping();
    file_mapping(file_mapping&& other) noexcept;
    file_mapping& operator=(file_mapping&&) = delete;

    std::span<std::byte> bytes() const noexcept { return {static_cast<std::byte*>(memory_), bytes_}; }
    void synchronize(std::size_t from, std::size_t to) const;  // REQUIRES: multiples of a page

private:
    void* memory_;
    std::size_t bytes_;
};

}  // namespace tokend
