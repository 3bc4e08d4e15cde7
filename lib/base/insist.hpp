#pragma once

#include <chrono>
#include <new>
#include <thread>

namespace tokend {

// Does a piece of work that must not be given up for want of memory: handing an answer to its loop, waiting for the
// next event of a loop. While there is no memory, tries again every millisecond, and the thread does nothing else.
// Work that somebody can be told of fails instead. REQUIRES: work that threw std::bad_alloc has changed nothing.
template <class Work>
auto insist(Work&& work)
{
    for (;;)
        try
        {
            return work();
        }
        catch (std::bad_alloc const&)
        {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
}

}  // namespace tokend
