#pragma once

#include "abuse/audited_tokend.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tokend::test {

// The audit file cannot grow: a write ends in the middle of a line. The limit holds for all files of tokend, so the
// audit file is made larger than its log can get.
class file_limit
{
public:
    explicit file_limit(audited_tokend& tokend) : pid_{tokend.daemon().pid()}, file_{tokend.file()}
    {
        std::ofstream{file_, std::ios::app} << R"({"event":"large","reason":")" << std::string(1 << 20, 'x') << "\"}\n";
    }
    void fill() const { set(std::filesystem::file_size(file_) + 100); }
    void make_room() const { set(RLIM_INFINITY); }

private:
    void set(rlim_t bytes) const
    {
        rlimit const limit{bytes, RLIM_INFINITY};
        BOOST_REQUIRE(::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) == 0);
    }
    pid_t const pid_;
    std::filesystem::path const file_;
};

}  // namespace tokend::test
