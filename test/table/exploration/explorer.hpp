#pragma once

#include "table/exploration/digest_set.hpp"
#include "table/exploration/explanations.hpp"
#include "table/exploration/machine.hpp"
#include "table/exploration/stage.hpp"
#include "table/exploration/thread_state.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>

namespace tokend::exploration {

struct findings
{
    std::size_t programs = 0;
    std::size_t states = 0;  // different ones
    std::size_t ends = 0;    // of them with all threads at rest
    std::size_t steps = 0;
    std::string wrong;  // the first fault and the way to it; empty: none

    findings& operator+=(findings const& other)
    {
        programs += other.programs;
        states += other.states;
        ends += other.ends;
        steps += other.steps;
        wrong = wrong.empty() ? other.wrong : wrong;
        return *this;
    }
};

// How a program is explored.
struct course
{
    static constexpr unsigned unlimited = ~0U;

    mutant const* wrong = nullptr;
    unsigned preemptions = unlimited;  // how often a thread may be left within an operation
    bool everywhere = false;           // threads may change places before each step
    unsigned stale = unlimited;        // steps of an operation that may see what is not the newest
};

// All ways in which the threads of a program can come through it, depth first; each state is visited once.
//
// A state is the memory, where in its operation each thread stands, and which maps explain the answers so far. Threads
// change places between operations, and before steps that can concern others: that touch a cell which another thread
// may touch, from where it stands in its operation or in a later one, and one of the two writes. What may be touched is
// learned: passes are made until one brings no news that it should have known.
template <class Memory>
class explorer
{
public:
    // `known` keeps what is learned, for other programs of the same scene and mutant.
    explorer(program const& explored, answer_tree& known, course const& how = {})
        : program_{explored},
          how_{how},
          known_{known},
          stage_{explored.where},
          machine_{stage_.begin(), known, how.wrong},
          explanations_{explored, Memory::sweeps_are_ordered}
    {}

    findings explore()
    {
        auto const first = before_all();
        bool again = true;
        for (patience_ = 100; again && found_.wrong.empty(); patience_ *= 4)
        {
            visited_.clear();
            found_.ends = 0;
            known_.begin_pass();
            search(first);
            again = machine_.has_news();
            machine_.forget_news();
        }
        found_.programs = 1;
        found_.states = visited_.size();
        return found_;
    }

private:
    struct state
    {
        Memory shared;
        std::array<thread_state, most_threads> threads;
        explanations::set maps = explanations::none;
        std::uint8_t last = 0;  // thread that took a step
        std::uint8_t preemptions = 0;
    };

    std::size_t threads() const { return program_.threads.size(); }
    bool is_through(state const& s, std::size_t t) const { return s.threads[t].ended == program_.threads[t].size(); }

    state before_all()
    {
        state first;
        machine_.run(first.shared, [&] { stage_.set_up(first.shared); });
        first.maps = explanations_.first();
        for (std::size_t t = 0; t < threads(); ++t)
        {
            for (std::size_t i = 0; i < program_.threads[t].size(); ++i)
                roots_[t][i] = known_.root(program_.threads[t][i]);
            first.threads[t].at = roots_[t][0];
        }
        return first;
    }

    void search(state const& here)
    {
        if (!is_new(here))
            return;
        bool at_rest = true;
        for (std::uint8_t t = 0; t < threads(); ++t)
            if (!is_through(here, t))
            {
                at_rest = false;
                take_turn(here, t);
            }
        if (at_rest)
            judge(here);
    }

    void take_turn(state const& here, std::uint8_t t)
    {
        bool const preempts = t != here.last && here.threads[here.last].in == thread_state::within;
        if (preempts && here.preemptions == how_.preemptions)
            return;
        auto const so_far = machine_.done.size();
        unsigned choices = 1;
        for (unsigned choice = 0; choice < choices; ++choice)
        {
            auto next = here;
            next.last = t;
            next.preemptions = static_cast<std::uint8_t>(here.preemptions + preempts);
            choices = step(next, t, choice);
            if (!found_.wrong.empty() || (machine_.has_news() && visited_.size() > patience_))
                return;
            if (choices > 0)
                search(next);
            machine_.done.resize(so_far);
        }
    }

    // Returns the number of choices.
    unsigned step(state& s, std::uint8_t t, unsigned choice)
    {
        auto& thread = s.threads[t];
        ++found_.steps;
        switch (thread.in)
        {
        case thread_state::ending:
            end(s, t);
            return 1;
        case thread_state::between:
            s.shared.begin(t);
            thread.in = thread_state::within;
            if (Memory::marks_are_steps)
                return 1;
            [[fallthrough]];
        case thread_state::within:
            break;
        }
        advance(s, t, choice);
        if (thread.in == thread_state::ending && !Memory::marks_are_steps)
            end(s, t);
        return machine_.choices();
    }

    void advance(state& s, std::uint8_t t, unsigned choice)
    {
        auto& thread = s.threads[t];
        standing where{.thread = t, .at = thread.at, .choice = choice, .stale = how_.stale};
        for_others(s, t, [&](auto node) { where.others.add(known_.ahead(node)); });
        if (how_.everywhere)
            where.others = {~std::uint64_t{0}, ~std::uint64_t{0}};
        auto const ends = machine_.advance(
            s.shared, where, [&] { stage_.perform(program_.threads[t][thread.ended], thread.soonest, said_); });
        for_others(s, t, [&](auto node) { known_.rely(node, where.alone); });
        thread.at = where.at;
        if (ends)
        {
            thread.in = thread_state::ending;
            thread.said = said_;
        }
        if (!machine_.wrong().empty())
            report(machine_.wrong());
    }

    void end(state& s, std::uint8_t t)
    {
        auto& thread = s.threads[t];
        s.shared.end(t);
        ending e{.thread = t, .running = {}, .said = thread.said};
        for (std::size_t other = 0; other < most_threads; ++other)
            e.running[other] = s.threads[other].in == thread_state::between ? ending::none : s.threads[other].ended;
        s.maps = explanations_.after(s.maps, e);
        machine_.done.push_back(
            {.thread = t, .ends = true, .asked = program_.threads[t][thread.ended], .said = thread.said});
        thread.next();
        if (!is_through(s, t))
            thread.at = roots_[t][thread.ended];
        if (s.maps == explanations::none)
            report("no order of the operations explains their answers");
    }

    // Does it where the other threads stand and where they will begin.
    template <class Do>
    void for_others(state const& s, std::uint8_t t, Do&& act) const
    {
        for (std::size_t other = 0; other < threads(); ++other)
            if (other != t && !is_through(s, other))
            {
                act(s.threads[other].at);
                for (auto i = s.threads[other].ended + 1U; i < program_.threads[other].size(); ++i)
                    act(roots_[other][i]);
            }
    }

    bool is_new(state const& s)
    {
        auto sum = s.shared.sum();
        sum.add(s.maps);
        if (how_.preemptions != course::unlimited)
            sum.add(s.preemptions * 8U + (s.threads[s.last].in == thread_state::within ? s.last : most_threads));
        for (std::size_t t = 0; t < threads(); ++t)
            s.threads[t].add_to(sum);
        return visited_.insert(sum);
    }

    void judge(state s)
    {
        ++found_.ends;
        std::string_view fault;
        std::array<outcome, most_pairs * slots::page_size> looks;
        s.shared.settle();
        machine_.run(s.shared, [&] {
            fault = stage_.fault();
            for (std::uint8_t i = 0; i < stage_.size(); ++i)
                stage_.perform({.what = operation::kind::look, .number = i}, 0, looks[i]);
        });
        if (!fault.empty())
            report(fault);
        else if (!explanations_.allow(s.maps, std::span{looks}.first(stage_.size())))
            report("no order of the operations explains what is there at last");
    }

    void report(std::string_view what)
    {
        std::ostringstream out;
        out << what << "\n  " << program_ << machine_.done;
        found_.wrong = out.str();
    }

    program const& program_;
    course const how_;
    answer_tree& known_;
    stage stage_;
    machine machine_;
    explanations explanations_;
    std::array<std::array<answer_tree::node, most_operations>, most_threads> roots_{};
    digest_set visited_;
    std::size_t patience_ = 0;  // states after which a pass with news is given up
    outcome said_;
    findings found_;
};

}  // namespace tokend::exploration
