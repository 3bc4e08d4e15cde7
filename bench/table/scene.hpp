#pragma once

#include "bench/table/harness.hpp"
#include "bench/table/latencies.hpp"
#include "bench/table/ours.hpp"

#include <stdexcept>

namespace tokend::bench {

// A table with expired tokens, and a tenth as many lasting tokens for the finds.
class scene
{
public:
    explicit scene(std::size_t tokens)
        : expired_{tokens},
          lasting_{.thread = most_threads, .count = static_cast<std::uint32_t>(tokens / 10)},
          table_{tokens + lasting_.count}
    {
        for (auto number = lasting_.first; number != lasting_.end(); ++number)
            put(lasting_.key(number), seconds_from_now(0), seconds_from_now(24 * 3600), number);
    }

    // Inserts the tokens that will have expired, at a time before their expiry.
    void fill()
    {
        together(most_threads, [this](unsigned thread) {
            share const mine{.thread = thread, .count = static_cast<std::uint32_t>(expired_ / most_threads)};
            for (auto number = mine.first; number != mine.end(); ++number)
                put(mine.key(number), seconds_from_now(-3600), seconds_from_now(-1), number);
            return tally{};
        });
    }
    std::size_t left() { return table_.kept().size() - lasting_.count; }  // tokens still to be swept
    table& kept() { return table_.kept(); }

    // Runs on core 0. Each duration spans two looks at the clock: a key made, a find, a look.
    latencies time_finds(std::chrono::milliseconds span)
    {
        latencies times;
        auto const done = together(1, [&](unsigned) {
            die random{++round_};
            tally found;
            payload value;
            auto const end = steady::now() + span;
            for (auto before = steady::now(); before < end;)
            {
                found.expect(table_.find(lasting_.key(random.below(lasting_.count)), value));
                auto const after = steady::now();
                times.add(after - before);
                before = after;
            }
            return found;
        });
        if (done.all.wrong != 0)
            throw std::logic_error("a find beside the sweep gave a wrong answer");
        return times;
    }

private:
    void put(token_key key, std::uint32_t issued, std::uint32_t expires, std::uint32_t number)
    {
        if (!table_.insert(key, {.expires = expires, .issued = issued, .record = number}))
            throw std::logic_error("an insert below the capacity was refused");
    }

    std::size_t const expired_;
    share const lasting_;
    whole_table table_;
    std::uint64_t round_ = 0;
};

}  // namespace tokend::bench
