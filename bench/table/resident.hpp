#pragma once

#include <cstddef>
#include <fstream>
#include <string>

namespace tokend::bench {

// The anonymous memory of the process, in bytes, and the part of it in huge pages.
struct resident
{
    std::size_t anonymous = 0;
    std::size_t huge = 0;

    friend resident operator-(resident a, resident b) { return {a.anonymous - b.anonymous, a.huge - b.huge}; }
};

inline resident resident_now()
{
    resident held;
    std::ifstream rollup{"/proc/self/smaps_rollup"};
    std::string word;
    while (rollup >> word)
    {
        if (word != "Anonymous:" && word != "AnonHugePages:")
            continue;
        std::size_t kilobytes = 0;
        rollup >> kilobytes;
        (word == "Anonymous:" ? held.anonymous : held.huge) = kilobytes * 1024;
    }
    return held;
}

}  // namespace tokend::bench
