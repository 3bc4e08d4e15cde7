#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::bench {

struct range
{
    double median = 0;
    double least = 0;
    double greatest = 0;
};

range range_of(std::vector<double> samples);  // REQUIRES: at least one

// The subject of a measurement: number of live tokens, number of threads, operation, contestant.
struct subject
{
    std::size_t tokens = 0;
    unsigned threads = 0;
    std::string operation;
    std::string contestant;
    std::string unit;

    bool operator==(subject const&) const = default;
};

// All samples, one for each repetition, in the order in which their subjects were first measured.
class results
{
public:
    struct series
    {
        subject of;
        std::vector<double> samples;
    };

    void add(subject const& of, double sample);
    std::vector<double> const& samples(subject const& of) const;  // throws std::out_of_range
    std::vector<series> const& all() const { return series_; }

    // Writes one row for each subject: median, least and greatest.
    void write_csv(std::string const& path) const;  // throws std::runtime_error

private:
    std::vector<series> series_;
};

// The claims about the figures. They are printed last, in the form that bench/run documents.
class claims
{
public:
    enum class relation
    {
        at_least,
        at_most
    };

    void hold(std::string name, double value, relation is, double bound)
    {
        claims_.push_back({name, value, is, bound});
    }
    void aim(std::string name, double value, relation is, double bound) { aims_.push_back({name, value, is, bound}); }

    // Returns true if all claims hold; aims are only printed.
    bool print() const;

private:
    struct claim
    {
        std::string name;
        double value;
        relation is;
        double bound;

        bool holds() const { return is == relation::at_least ? value >= bound : value <= bound; }
        void print(char const* kind) const;
    };
    std::vector<claim> claims_;
    std::vector<claim> aims_;
};

// Prints progress to standard error: on a terminal one line that is overwritten, elsewhere a line each time.
void progress(std::string const& text);
void end_progress();

}  // namespace tokend::bench
