#pragma once

#include "bench/table/harness.hpp"
#include "bench/table/resident.hpp"
#include "bench/table/tokens.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace tokend::bench {

// One contestant with its tokens, divided among the threads. Each operation returns a rate, in millions a second of all
// threads, and throws if an answer was wrong. Operations that do not end by themselves run for `span`.
template <class Contestant>
class trial
{
public:
    static constexpr auto name = Contestant::name;

    // Inserts all tokens, so that no measurement touches a page for the first time.
    trial(std::size_t tokens, unsigned threads, std::chrono::milliseconds span) : span_{span}, contestant_{tokens}
    {
        for (unsigned thread = 0; thread < threads; ++thread)
            shares_.push_back({.thread = thread, .count = static_cast<std::uint32_t>(tokens / threads)});
        insert();
        memory_ = resident_now() - before_;
        if constexpr (requires { contestant_.bytes_used(); })
            counted_ = contestant_.bytes_used();
    }

    resident memory() const { return memory_; }       // the growth with all tokens
    std::size_t counted() const { return counted_; }  // the contestant's own count; 0: it has no count

    // The share of the time for all operations in which the threads ran; in the rest they waited.
    double percent_of_cores() const { return 100 * cpu_had_ / cpu_wanted_; }

    double insert()
    {
        return rate([this](share& mine, tally& done) {
            for (auto number = mine.first; number != mine.end(); ++number)
                done.expect(put(mine, number));
        });
    }
    double insert_prefetched()
    {
        return rate([this](share& mine, tally& done) {
            std::array<typename Contestant::prepared, 8> ahead;
            auto const prepare = [&](std::uint32_t number) {
                contestant_.prepare(ahead[number % ahead.size()], mine.key(number), value_of(number));
            };
            for (std::uint32_t i = 0; i < ahead.size(); ++i)
                prepare(mine.first + i);
            for (auto number = mine.first; number != mine.end(); ++number)
            {
                done.expect(contestant_.insert(ahead[number % ahead.size()]));
                prepare(number + static_cast<std::uint32_t>(ahead.size()));
            }
        });
    }
    double erase()
    {
        return rate([this](share& mine, tally& done) {
            for (auto number = mine.first; number != mine.end(); ++number)
                done.expect(contestant_.erase(mine.key(number)));
        });
    }
    double hit()
    {
        return rate([this](share& mine, tally& done) {
            die random{mine.thread};
            done = for_a_while(span_, [&](tally& count) {
                for (int i = 0; i < 1000; ++i)
                    find(mine.key(mine.first + random.below(mine.count)), count);
            });
        });
    }
    double hit_prefetched()
    {
        return rate([this](share& mine, tally& done) {
            die random{mine.thread};
            std::array<token_key, 16> keys;
            done = for_a_while(span_, [&](tally& count) {
                for (int i = 0; i < 64; ++i)
                {
                    for (auto& key : keys)
                        contestant_.prefetch(key = mine.key(mine.first + random.below(mine.count)));
                    for (auto const key : keys)
                        find(key, count);
                }
            });
        });
    }
    // Each key depends on the value that the find before it returned, by a difference that is always zero, which the
    // compiler does not know.
    double dependent()
    {
        return rate([this](share& mine, tally& done) {
            die random{mine.thread};
            std::uint32_t difference = 0;
            done = for_a_while(span_, [&](tally& count) {
                for (int i = 0; i < 1000; ++i)
                {
                    auto const number = mine.first + random.below(mine.count);
                    auto key = mine.key(number);
                    key.a += difference;
                    difference = find(key, count) - number;
                }
            });
        });
    }
    double miss()
    {
        return rate([this](share& mine, tally& done) {
            die random{mine.thread};
            done = for_a_while(span_, [&](tally& count) {
                payload value;
                for (int i = 0; i < 1000; ++i)
                    count.expect(!contestant_.find(key_of(mine.thread + most_threads, random.below(1 << 30)), value));
            });
        });
    }
    // Replaces each token by a new one, the oldest first, as happens in a table that has run for some time.
    double replace()
    {
        return rate([this](share& mine, tally& done) {
            for (auto count = mine.count; count > 0; --count, ++mine.first)
            {
                auto const erased = contestant_.erase(mine.key(mine.first));
                auto const inserted = put(mine, mine.end());
                done.expect(erased && inserted);
            }
        });
    }
    // 38 hits, the end of the oldest token, and a new token.
    double mix()
    {
        return rate([this](share& mine, tally& done) {
            die random{mine.thread};
            done = for_a_while(span_, [&](tally& count) {
                for (int i = 0; i < 25; ++i)
                {
                    for (int hits = 0; hits < 38; ++hits)
                        find(mine.key(mine.first + random.below(mine.count)), count);
                    count.expect(contestant_.erase(mine.key(mine.first)));
                    count.expect(put(mine, mine.end()));
                    ++mine.first;
                }
            });
        });
    }
    // All tokens have expired; visits the slots one after the other.
    double sweep()
    {
        auto const threads = static_cast<unsigned>(shares_.size());
        auto const sum = together(threads, [&](unsigned part) {
            return tally{.operations = contestant_.sweep(part, threads, seconds_from_now(lifetime))};
        });
        auto const tokens = shares_[0].count * shares_.size();
        return checked(sum, sum.all.operations != tokens);
    }

private:
    static constexpr int lifetime = 3600;

    static payload value_of(std::uint32_t number)
    {
        return {.expires = seconds_from_now(lifetime), .issued = seconds_from_now(0), .record = number};
    }
    bool put(share const& mine, std::uint32_t number) { return contestant_.insert(mine.key(number), value_of(number)); }

    std::uint32_t find(token_key key, tally& count) const
    {
        payload value;
        count.expect(contestant_.find(key, value));
        count.values += value.record;
        return value.record;
    }

    template <class Work>
    double rate(Work const& work)
    {
        auto const threads = static_cast<unsigned>(shares_.size());
        auto const sum = together(threads, [&](unsigned thread) {
            tally done;
            work(shares_[thread], done);
            return done;
        });
        return checked(sum, sum.all.wrong);
    }
    double checked(outcome const& sum, std::uint64_t wrong)
    {
        if (wrong != 0)
            throw std::logic_error(std::string{name} + " gave wrong answers");
        cpu_wanted_ += sum.seconds * static_cast<double>(shares_.size());
        cpu_had_ += sum.cpu_seconds;
        return sum.millions_per_second();
    }

    resident const before_ = resident_now();
    std::chrono::milliseconds const span_;
    Contestant contestant_;
    std::vector<share> shares_;
    resident memory_;
    std::size_t counted_ = 0;
    double cpu_wanted_ = 0;
    double cpu_had_ = 0;
};

}  // namespace tokend::bench
