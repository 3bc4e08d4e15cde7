#include "app/plugin_check/checks.hpp"
#include "app/plugin_check/child.hpp"
#include "app/plugin_check/rules.hpp"
#include "app/plugin_check/trial.hpp"

#include <atomic>
#include <chrono>
#include <thread>

// What a plugin answers, and that it answers each question once, whatever happens.
namespace tokend {
namespace {

void require_refusal(verdict const& v, std::string const& what)
{
    if (v.outcome == outcome::accept)
        fail("accepts " + what, rule::accept);
    if (v.outcome == outcome::unavailable)
        fail("cannot check " + what + ": " + v.reason, rule::unavailable);
}

// Threads as the host's pool and its loops are. The destructor waits for them.
class crowd
{
public:
    template <class Work>
    void run(std::size_t threads, Work work)
    {
        for (std::size_t i = 0; i < threads; ++i)
            threads_.emplace_back(work, i);
    }
    void join()
    {
        for (auto& t : threads_)
            t.join();
        threads_.clear();
    }
    ~crowd() { join(); }

private:
    std::vector<std::thread> threads_;
};

}  // namespace

std::string check_unknown(plan const& p)
{
    trial one{p};
    one.start();
    std::string seen;
    for (auto const kind : kinds_of(one.library()))
    {
        auto const v = one.ask(nobody(kind));
        require_refusal(v, "a name and a secret that were drawn by lot");
        if (v.outcome == outcome::bad_secret)
            fail("knows a name, or a code, that was drawn by lot", rule::no_such_user);
        seen += (seen.empty() ? "" : ", ") + std::string{name_of(v.outcome)};
    }
    return seen;
}

std::string check_known(plan const& p)
{
    if (p.known.empty())
        skip("no good credentials were given; see --user, --code-stdin and --identifier");
    trial one{p};
    one.start();
    std::string seen;
    for (auto const& good : p.known)
    {
        auto const v = one.ask(good);
        if (v.outcome != outcome::accept)
            fail("refuses the credentials that were given: " + std::string{name_of(v.outcome)} + ", " + v.reason,
                 rule::accept);
        seen += (seen.empty() ? "" : ", ") + v.who.username;
        auto bad = good;
        bad.secret = nobody(good.kind).secret;
        auto const refused = one.ask(bad);
        require_refusal(refused, "'" + good.name + "' with a wrong secret");
        if (good.kind != TOKEND_KIND_CODE && refused.outcome == outcome::no_such_user)
            fail("does not know '" + good.name + "' when the secret is wrong", rule::bad_secret);
    }
    return "accepted as " + seen;
}

std::string check_deadline(plan const& p)
{
    trial one{p};
    one.start();
    for (auto const kind : kinds_of(one.library()))
        one.answer(one.send(nobody(kind), std::chrono::seconds{-1}));
    return {};
}

std::string check_cancel(plan const& p)
{
    constexpr std::size_t questions = 8;
    trial one{p};
    if (one.library().descriptor().cancel == nullptr)
        skip("it has no cancel()");
    one.start();
    for (auto const kind : kinds_of(one.library()))
    {
        std::array<std::atomic<tokend_ticket>, questions> tickets{};
        crowd askers;
        askers.run(questions, [&](std::size_t i) {
            tickets[i] = one.send(nobody(kind));
            one.cancel(tickets[i]);
        });
        askers.join();
        for (auto const& ticket : tickets)
            one.answer(ticket, rule::cancelled);
        for (auto const& ticket : tickets)
            one.cancel(ticket);  // as the host does if the answer was a moment faster
    }
    return {};
}

std::string check_many(plan const& p)
{
    constexpr std::size_t threads = 8;
    constexpr std::size_t each = 8;
    trial one{p};
    one.start();
    for (auto const kind : kinds_of(one.library()))
    {
        crowd askers;
        askers.run(threads, [&](std::size_t) {
            std::array<tokend_ticket, each> tickets{};
            for (auto& ticket : tickets)
                ticket = one.send(nobody(kind));
            for (auto const ticket : tickets)
                one.answer(ticket);
        });
    }
    return std::to_string(threads * each) + " questions on " + std::to_string(threads) + " threads";
}

std::string check_stop(plan const& p)
{
    constexpr std::size_t questions = 16;
    constexpr std::chrono::milliseconds a_while{300};  // in which an answer that comes too late would be seen
    for (auto const kind : kinds_of(plugin_library::load(p.folder, p.name)))
    {
        trial one{p};
        one.start();
        std::atomic<std::size_t> begun{0};
        crowd askers;
        askers.run(questions, [&](std::size_t) {
            ++begun;
            one.send(nobody(kind));
        });
        if (!blocks(one.library(), kind))
            askers.join();
        while (begun < questions)
            std::this_thread::yield();
        one.stop();
        askers.join();
        std::this_thread::sleep_for(a_while);
        one.destroy();
        std::this_thread::sleep_for(a_while);
    }
    return std::to_string(questions) + " open questions";
}

}  // namespace tokend
