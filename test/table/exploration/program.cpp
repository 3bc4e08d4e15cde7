#include "table/exploration/program.hpp"

#include <ostream>
#include <sstream>
#include <string>
#include <utility>

namespace tokend::exploration {

program parsed(scene const& where, std::string_view text)
{
    program p{where, {{}}};
    auto later = first_touch;  // each touch has an expiry of its own
    std::istringstream words{std::string{text}};
    for (std::string word; words >> word;)
        if (word == "|")
            p.threads.emplace_back();
        else
        {
            operation o{.what = operation::kind{word[0]}, .expires = expiry};
            if (word.size() > 1)
                o.number = static_cast<std::uint8_t>(std::stoi(word.substr(1)));
            if (o.what == operation::kind::touch)
                o.expires = later++;
            p.threads.back().push_back(o);
        }
    return p;
}

std::ostream& operator<<(std::ostream& out, operation const& o)
{
    return out << static_cast<char>(o.what) << unsigned{o.number};
}

std::ostream& operator<<(std::ostream& out, program const& p)
{
    out << p.where.pairs << (p.where.pairs == 1 ? " pair, " : " pairs, ") << p.where.keys << " keys:";
    for (auto const* bar = ""; auto const& thread : p.threads)
    {
        out << std::exchange(bar, " |");
        for (auto const& o : thread)
            out << ' ' << o;
    }
    return out;
}

}  // namespace tokend::exploration
