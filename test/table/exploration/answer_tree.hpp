#pragma once

#include "table/exploration/program.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace tokend::exploration {

// Cells that steps can touch.
struct footprint
{
    std::uint64_t touched = 0;
    std::uint64_t written = 0;

    void add(footprint const& other)
    {
        touched |= other.touched;
        written |= other.written;
    }
    // Do both touch a cell, and one writes it?
    bool meets(footprint const& other) const
    {
        return (written & other.touched) != 0 || (touched & other.written) != 0;
    }
    bool operator==(footprint const&) const = default;
};

// Operations at each of their steps. What an operation does next depends only on what its steps before have answered:
// so these are all that need be kept of it, and one that stands at a node goes on from there like any other that does.
class answer_tree
{
public:
    using node = std::uint32_t;

    node root(operation const& o)
    {
        for (auto const& [known, at] : roots_)
            if (known == o)
                return at;
        return roots_.emplace_back(o, add({})).second;
    }

    // Where the step at `from` leads to if it answers so.
    node next(node from, std::uint64_t answer)
    {
        for (auto branch = nodes_[from].branch; branch != none; branch = nodes_[branch].sibling)
            if (nodes_[branch].answer == answer)
                return branch;
        auto const sibling = nodes_[from].branch;
        return nodes_[from].branch = add({.answer = answer, .before = from, .sibling = sibling});
    }

    // What steps from here on were seen to touch.
    footprint const& ahead(node from) const { return nodes_[from].ahead; }

    // The step at `from` touches this. Returns whether that is news to a node that has been relied on.
    bool learn(node from, footprint const& step)
    {
        bool news = false;
        for (; from != none; from = nodes_[from].before)
        {
            auto sum = nodes_[from].ahead;
            sum.add(step);
            if (sum == nodes_[from].ahead)
                break;  // and so do all before it
            nodes_[from].ahead = sum;
            news |= nodes_[from].pass == pass_ && sum.meets(nodes_[from].alone);
        }
        return news;
    }

    // Another did steps in the belief that those ahead of this node do not meet them.
    void rely(node at, footprint const& steps)
    {
        auto& n = nodes_[at];
        if (std::exchange(n.pass, pass_) != pass_)
            n.alone = {};
        n.alone.add(steps);
    }

    // A new pass relies on nothing yet.
    void begin_pass() { ++pass_; }

    // The answers that led here, the last first.
    void trace(node to, std::vector<std::uint64_t>& answers) const
    {
        answers.clear();
        for (; nodes_[to].before != none; to = nodes_[to].before)
            answers.push_back(nodes_[to].answer);
    }

private:
    static constexpr node none = ~node{0};

    struct place
    {
        std::uint64_t answer = 0;
        node before = none;
        node branch = none;
        node sibling = none;
        footprint ahead{};
        footprint alone{};  // in this pass:
        std::uint32_t pass = 0;
    };

    node add(place const& p)
    {
        nodes_.push_back(p);
        return static_cast<node>(nodes_.size() - 1);
    }

    std::vector<std::pair<operation, node>> roots_;
    std::vector<place> nodes_;
    std::uint32_t pass_ = 0;
};

}  // namespace tokend::exploration
