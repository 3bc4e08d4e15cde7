#include "bench/table/results.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace tokend::bench {

range range_of(std::vector<double> samples)
{
    std::ranges::sort(samples);
    auto const middle = samples.size() / 2;
    auto const median = samples.size() % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
    return {median, samples.front(), samples.back()};
}

void results::add(subject const& of, double sample)
{
    auto at = std::ranges::find(series_, of, &series::of);
    if (at == series_.end())
        at = series_.insert(at, {of, {}});
    at->samples.push_back(sample);
}

std::vector<double> const& results::samples(subject const& of) const
{
    auto const at = std::ranges::find(series_, of, &series::of);
    if (at == series_.end())
        throw std::out_of_range(of.operation + " of " + of.contestant + " was not measured");
    return at->samples;
}

void results::write_csv(std::string const& path) const
{
    std::ofstream file{path};
    file << "tokens,threads,operation,contestant,unit,median,least,greatest,repetitions\n";
    for (auto const& [of, samples] : series_)
    {
        auto const r = range_of(samples);
        file << of.tokens << ',' << of.threads << ',' << of.operation << ',' << of.contestant << ',' << of.unit << ','
             << r.median << ',' << r.least << ',' << r.greatest << ',' << samples.size() << '\n';
    }
    if (!file.flush())
        throw std::runtime_error("cannot write " + path);
}

void claims::claim::print(char const* kind) const
{
    std::printf("%s: %s %.3f %s %g %s\n", kind, name.c_str(), value, is == relation::at_least ? ">=" : "<=", bound,
                holds() ? "ok" : "short");
}

bool claims::print() const
{
    for (auto const& a : aims_)
        a.print("aim");
    for (auto const& c : claims_)
        c.print("claim");
    return std::ranges::all_of(claims_, &claim::holds);
}

void progress(std::string const& text)
{
    std::fprintf(stderr, ::isatty(STDERR_FILENO) ? "\r%s\033[K" : "%s\n", text.c_str());
}

void end_progress()
{
    if (::isatty(STDERR_FILENO))
        std::fputs("\r\033[K", stderr);
}

}  // namespace tokend::bench
