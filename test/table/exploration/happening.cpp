#include "table/exploration/happening.hpp"

#include <array>
#include <ostream>
#include <string>
#include <string_view>

namespace tokend::exploration {
namespace {

constexpr std::array<std::string_view, 11> words{"a",     "b",      "life",   "number", "counter", "record",
                                                 "guard", "stripe", "listed", "mark",   "credits"};
constexpr std::array<std::string_view, 6> actions{"load", "store", "add", "exchange", "compare", "lock"};

void tell_end(std::ostream& out, operation const& asked, outcome const& said)
{
    out << asked << (said.done ? ": done" : ": not done") << ", slot " << unsigned{said.slot} << ", key "
        << unsigned{said.key} << ", content " << said.content << ", expires " << said.expires << ", soonest "
        << said.soonest;
}

void tell_step(std::ostream& out, atomic_step const& step, std::uint64_t answer)
{
    out << actions[static_cast<std::size_t>(step.what)] << ' ' << words[static_cast<std::size_t>(step.of)] << " (cell "
        << unsigned{step.cell} << std::hex << "): " << answer;
    if (step.what == action::compare)
        out << ", expected " << step.expected;
    if (step.writes())
        out << ", given " << step.value;
    out << std::dec;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, journal const& all)
{
    for (auto const& h : all)
    {
        out << '\n' << std::string(4 + 4 * h.thread, ' ') << h.thread << ' ';
        h.ends ? tell_end(out, h.asked, h.said) : tell_step(out, h.step, h.answer);
    }
    return out;
}

}  // namespace tokend::exploration
