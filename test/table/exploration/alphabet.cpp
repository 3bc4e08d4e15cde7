#include "table/exploration/alphabet.hpp"

#include <algorithm>
#include <array>
#include <compare>

namespace tokend::exploration {
namespace {

struct letter
{
    operation::kind what;
    std::uint8_t number;
    auto operator<=>(letter const&) const = default;
};
using thread = std::vector<letter>;

bool of_a_key(operation::kind what)
{
    using enum operation::kind;
    return what == insert || what == find || what == erase || what == touch || what == replace;
}

std::vector<letter> letters_of(scene const& where, std::string_view text)
{
    std::vector<letter> letters;
    auto const as_program = parsed(where, text);
    for (auto const& o : as_program.threads.front())
        letters.push_back({o.what, o.number});
    return letters;
}

// Inserted keys get these names, if there are any, in the order of their inserts. False: one is inserted twice, or
// asked for and not inserted.
bool rename(std::vector<thread>& threads, unsigned present, std::vector<std::uint8_t> const& names)
{
    std::array<std::uint8_t, keys> name{};
    auto next = names.begin();
    for (auto const& t : threads)
        for (auto const& [what, number] : t)
            if (what == operation::kind::insert)
            {
                if (name[number] != 0)
                    return false;
                name[number] = names.empty() ? number : *next++;
            }
    for (auto& t : threads)
        for (auto& [what, number] : t)
            if (of_a_key(what) && number > present)
            {
                if (name[number] == 0)
                    return false;
                number = name[number];
            }
    return true;
}

// Is it the first of those that differ from it in names and order only?
bool is_canonical(std::vector<thread> const& threads, unsigned present, std::vector<std::uint8_t> const& names)
{
    std::vector<std::size_t> order(threads.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    do
    {
        std::vector<thread> other;
        for (auto const i : order)
            other.push_back(threads[i]);
        if (!rename(other, present, names) || other < threads)
            return false;
    } while (std::ranges::next_permutation(order).found);
    return true;
}

program made_of(scene const& where, std::vector<thread> const& threads)
{
    program p{where, {}};
    auto later = first_touch;
    for (auto const& t : threads)
    {
        auto& operations = p.threads.emplace_back();
        for (auto const& [what, number] : t)
            operations.push_back({what, number, what == operation::kind::touch ? later++ : expiry});
    }
    return p;
}

}  // namespace

std::vector<program> all_programs(scene const& where, std::size_t threads, std::size_t operations,
                                  std::string_view text)
{
    auto const letters = letters_of(where, text);
    auto const alike = std::ranges::none_of(letters, [](auto const& l) { return l.number > last_plain_key; });
    std::vector<std::uint8_t> names;
    for (auto const& l : letters)
        if (alike && l.what == operation::kind::insert)
            names.push_back(l.number);
    std::vector<program> programs;
    std::vector<std::size_t> digits(threads * operations);
    for (std::size_t carry = 0; carry < digits.size();)
    {
        std::vector<thread> candidate(threads);
        for (std::size_t i = 0; i < digits.size(); ++i)
            candidate[i / operations].push_back(letters[digits[i]]);
        if (is_canonical(candidate, where.keys, names))
            programs.push_back(made_of(where, candidate));
        for (carry = 0; carry < digits.size() && ++digits[carry] == letters.size(); ++carry)
            digits[carry] = 0;
    }
    return programs;
}

}  // namespace tokend::exploration
