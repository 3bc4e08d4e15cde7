#pragma once

#include "web/desk.hpp"
#include "web/mailbox.hpp"
#include "web/parts.hpp"
#include "web/worker_state.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// A store that has every change at once, or can have none.
class store_at_once : public durable_store
{
public:
    bool takes_issues() const noexcept override { return keeps; }
    void wait(durability, std::unique_ptr<commit_waiter> waiter) override
    {
        auto* const w = waiter.get();
        w->notify(std::move(waiter), keeps);
    }

    bool keeps = true;
};

// A user's token that lives whenever a connection begins. An input names it by `stands_in`, and its accessor likewise,
// because nobody can know them.
struct known_token
{
    principal who;
    std::chrono::seconds age;  // time since its issue
    std::string_view stands_in;
    std::string_view stands_in_accessor;
    issued_token issued{};

    bool is_named_in(std::string_view input) const { return input.find(stands_in) != input.npos; }
};

// A worker of a tokend without sockets, which connections use one after the other. Its organisations and their users:
// ACME lets everybody in, as `somebody`; BETA refuses every secret; GAMMA is out of service; DELTA knows nobody. Alice
// of ACME has two tokens, and Bob of BETA has a sliding one.
class world
{
public:
    world();

    // Ends the tokens that connections have made, and revives those that they have ended or prolonged.
    void restore();
    // Returns false if that token was ended or prolonged.
    bool is_intact(known_token const& one);
    // Replaces what stands in for tokens and accessors by those that live now.
    std::string fill_in(std::string_view input) const;

    // Legacy prefix, always answered with 200, and tokens of /auth/verify in cookies and queries.
    void be_permissive(bool permissive) { home.config = permissive ? permissive_ : usual_; }
    void have_store(bool there) { shared_.services.file = there ? &store : nullptr; }

    std::vector<known_token> tokens;
    store_at_once store;

private:
    void issue_tokens();
    std::vector<std::shared_ptr<backend>> make_backends();
    std::shared_ptr<setup const> make_setup(http_options http);

    parts shared_;
    blocking_pool pool_{1, 1};
    lockouts failures_;
    std::shared_ptr<setup const> usual_;
    std::shared_ptr<setup const> permissive_;

public:
    asio::io_context loop{1};
    mailbox mail{loop};
    worker_state home;
};

}  // namespace tokend::test
