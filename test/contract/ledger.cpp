#include "contract/ledger.hpp"

#include "contract/contract.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <ctime>
#include <exception>
#include <stdexcept>
#include <utility>

namespace tokend::test {
namespace {

constexpr std::size_t most_live = 2000;  // of a client; the capacity has room for all clients

boost::json::object data_of(answer const& a)
{
    if (a.status != 200)
        throw std::logic_error{"answer " + std::to_string(a.status) + ": " + a.body};
    return boost::json::parse(a.body).at("data").as_object();
}

}  // namespace

void ledger::work(std::string const& address, bool (*stop)())
{
    try
    {
        raw_client server{address};
        while (!stop() && step(server))
            ;
    }
    catch (std::runtime_error const&)
    {}  // the server has ended, perhaps in the middle of an answer
    catch (std::logic_error const& e)
    {
        trouble_ = e.what();
    }
}

// Returns false if the server has ended.
bool ledger::step(raw_client& server)
{
    auto const what = random_() % 100;
    if (live_.size() < 50 || (what < 45 && live_.size() < most_live))
        return issue(server);
    return what < 75 ? renew(server) : release(server);
}

bool ledger::issue(raw_client& server)
{
    auto const kind = random_() % 4;
    std::string const organisation = kind == 0 ? "BRIEF" : kind == 1 ? "SLIDING" : "FIXED";
    auto const asked_at = std::time(nullptr);
    server.send(post(issue_path, R"({"username":"u","password":"p","organisation":")" + organisation + "\"}"));
    auto const said = server.receive_or_end();
    if (!said)
        return false;
    auto const token = std::string{data_of(*said).at("token").as_string()};
    ++issued_;
    if (kind != 0)  // those expire by themselves, and are swept
        live_.push_back({token, kind == 1, asked_at + (kind == 1 ? 60 : 3600)});
    return true;
}

bool ledger::renew(raw_client& server)
{
    auto& chosen = live_[random_() % live_.size()];
    if (!chosen.sliding)
        return live_.size() < most_live ? issue(server) : release(server);
    auto const asked_at = std::time(nullptr);
    server.send(post(renew_path, token_body(chosen.token)));
    auto const said = server.receive_or_end();
    if (!said)
        return false;
    if (said->status == 401 && chosen.ends_at <= std::time(nullptr))  // it has expired, and was not renewed
    {
        std::swap(chosen, live_.back());
        live_.pop_back();
        return true;
    }
    chosen.ends_at = asked_at + data_of(*said).at("expires_in").as_int64();
    ++renewed_;
    return true;
}

bool ledger::release(raw_client& server)
{
    auto const at = random_() % live_.size();
    auto const token = live_[at].token;
    live_[at] = std::move(live_.back());
    live_.pop_back();  // if no answer comes, the token may be live or not
    server.send(post(release_path, token_body(token)));
    if (!server.receive_or_end())
        return false;
    gone_.push_back(token);
    return true;
}

ledger::verdict ledger::check(std::string const& address)
{
    verdict found;
    if (!trouble_.empty())
        throw std::logic_error{trouble_};
    raw_client server{address};
    auto const ask = [&](std::string const& token) {
        server.send(post(validate_path, token_body(token)));
        ++found.checked;
        return data_of(server.receive());
    };
    for (auto const& e : live_)
    {
        auto const asked_at = std::time(nullptr);
        auto const told = ask(e.token);
        if (!told.at("active").as_bool())
            found.lost += e.ends_at > asked_at + 1;
        else
        {
            found.too_early += asked_at + told.at("expires_in").as_int64() + 1 < e.ends_at;
            found.wrong += told.at("username").as_string() != "somebody" ||
                           told.at("organisation").as_string() != (e.sliding ? "SLIDING" : "FIXED");
        }
    }
    for (auto const& token : gone_)
        found.back += ask(token).at("active").as_bool();
    if (gone_.size() > 5000)
        gone_.erase(gone_.begin(), gone_.end() - 5000);  // those have been validated often enough
    return found;
}

}  // namespace tokend::test
