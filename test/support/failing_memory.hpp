#pragma once

#include "preload/failing_memory.hpp"
#include "support/process.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// Makes an allocation of another process fail, which preloads test/preload/failing_memory.cpp.
class failing_memory
{
public:
    // file: a new one, which both processes share.
    explicit failing_memory(std::filesystem::path const& file);
    ~failing_memory();
    failing_memory(failing_memory const&) = delete;

    std::vector<std::string> environment() const;  // of the other process

    // The n-th allocation from now on fails, of threads whose names begin so.
    void fail(long n, std::string_view threads);
    bool has_failed() const;
    // No allocation fails from now on. Returns true if one has failed.
    bool end();

private:
    std::filesystem::path const file_;
    memory_fault* fault_;
};

}  // namespace tokend::test
