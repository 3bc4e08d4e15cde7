#include "ldap/connection.hpp"

#include "ldap/outage.hpp"
#include "ldap/watchdog.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <cstring>

namespace tokend::plugin::ldap {
namespace {

constexpr auto all_messages = static_cast<std::size_t>(-1);

// Returns true for the messages that precede the result of a search, in any number.
bool is_part_of_search(ber_tag_t kind) noexcept
{
    return kind == LDAP_RES_SEARCH_ENTRY || kind == LDAP_RES_SEARCH_REFERENCE || kind == LDAP_RES_INTERMEDIATE;
}

struct free_control
{
    void operator()(LDAPControl* c) const noexcept { ::ldap_control_free(c); }
};
using control = std::unique_ptr<LDAPControl, free_control>;

// Returns null if no pages are requested. The control is not critical: a server without pages ignores it.
control page_control(LDAP* ld, search_request const& what)
{
    if (what.page == 0)
        return nullptr;
    berval cookie{what.cookie.size(), const_cast<char*>(what.cookie.data())};
    LDAPControl* made = nullptr;
    if (::ldap_create_page_control(ld, static_cast<ber_int_t>(what.page), &cookie, 0, &made) != LDAP_SUCCESS)
        throw outage{"no memory for a request"};
    return control{made};
}

}  // namespace

// A request in progress. Lives in the coroutine that waits for the answer.
struct connection::operation
{
    operation(connection& at, int id, ber_tag_t kind) : result{kind}, over{at.executor_}, owner{at}, message_id{id}
    {
        owner.waiting_.emplace(id, this);
    }
    operation(operation const&) = delete;
    ~operation()
    {
        owner.waiting_.erase(message_id);
        if (owner.retired_ && owner.waiting_.empty())
            owner.close("retired");
    }

    ber_tag_t const result;  // the kind of the message that ends the operation
    ldap::answer answer;
    std::size_t bytes = 0;  // of all messages of the answer
    bool is_answered = false;
    wakeup over;  // set when the answer is complete, and when the connection closes

private:
    connection& owner;
    int const message_id;
};

connection::connection(executor const& on, server_settings const& how)
    : how_{how}, executor_{on}, wire_{on}, engine_{how.max_answer_bytes}
{}

connection::~connection() = default;

task<std::shared_ptr<connection>> connection::open(endpoint const& to, addresses const& at, server_settings const& how,
                                                   asio::ssl::context& tls)
{
    std::shared_ptr<connection> const made{new connection{co_await asio::this_coro::executor, how}};
    auto const& name = how.server_name.empty() ? to.host : how.server_name;
    auto const until = now() + how.connect_timeout;
    watchdog const guard{made->executor_, until, [&c = *made] { c.close("no answer in time"); }};
    try
    {
        co_await made->wire_.connect(at, how, until);
        if (to.security == security::start_tls)
            co_await made->start_tls(tls, name);
        if (to.security == security::tls)
            co_await made->wire_.handshake(tls, name);
    }
    catch (outage const& e)
    {
        if (now() >= until)
            throw timed_out{"no connection within " + std::to_string(how.connect_timeout.count()) + " ms"};
        throw;
    }
    made->keep_receiving();
    co_return made;
}

// Nothing else is sent before StartTLS has succeeded. Unencrypted bytes after the response were injected by an
// attacker.
task<void> connection::start_tls(asio::ssl::context& tls, std::string const& name)
{
    int id = 0;
    require_sent(::ldap_start_tls(engine_.handle(), nullptr, nullptr, &id));
    operation waiting{*this, id, LDAP_RES_EXTENDED};
    co_await write_all();
    while (!waiting.is_answered)
        co_await receive(1);
    if (waiting.answer.code != LDAP_SUCCESS)
        throw outage{"the server refuses StartTLS: " + waiting.answer.text()};
    if (received_ != 0)
        throw outage{"plaintext after the StartTLS response"};
    co_await wire_.handshake(tls, name);
}

task<answer> connection::bind(std::string const& dn, secret_bytes const& password, time_point until)
{
    int id = 0;
    require_sent(engine_.bind(dn, password, id));
    co_return co_await wait(id, LDAP_RES_BIND, until);
}

task<answer> connection::search(search_request const& what, time_point until)
{
    constexpr int scopes[] = {LDAP_SCOPE_BASE, LDAP_SCOPE_ONELEVEL, LDAP_SCOPE_SUBTREE};
    std::vector<char*> attributes;
    for (auto const& name : what.attributes)
        attributes.push_back(const_cast<char*>(name.c_str()));
    attributes.push_back(nullptr);
    timeval limit{std::chrono::ceil<seconds>(how_.operation_timeout).count(), 0};
    auto const page = page_control(engine_.handle(), what);
    LDAPControl* controls[] = {page.get(), nullptr};
    int id = 0;
    require_sent(::ldap_search_ext(engine_.handle(), what.base.c_str(), scopes[static_cast<int>(what.scope)],
                                   what.filter.c_str(), attributes.data(), 0, controls, nullptr, &limit,
                                   static_cast<int>(what.size_limit), &id));
    co_return co_await wait(id, LDAP_RES_SEARCH_RESULT, until);
}

task<answer> connection::wait(int id, ber_tag_t result, time_point until)
{
    auto const alive = shared_from_this();
    operation waiting{*this, id, result};
    send();
    co_await waiting.over.wait(until);
    if (waiting.is_answered)
        co_return std::move(waiting.answer);
    if (closed_)
        throw connection_lost{why_closed_};
    if (result == LDAP_RES_BIND)
        close("a bind was not answered in time");
    abandoned_.insert(id);
    ::ldap_abandon_ext(engine_.handle(), id, nullptr, nullptr);
    send();
    throw timed_out{"no answer in time"};
}

void connection::require_sent(int rc) const
{
    if (closed_)
        throw connection_lost{why_closed_};
    if (rc != LDAP_SUCCESS)
        throw outage{std::string{"the request cannot be encoded: "} + ::ldap_err2string(rc)};
}

task<void> connection::receive(std::size_t most)
{
    constexpr std::size_t step = 16 * 1024;
    if (input_.size() < received_ + step)
        input_.resize(received_ + step);
    received_ += co_await wire_.read_some(asio::buffer(input_.data() + received_, input_.size() - received_));
    take_messages(most);
}

void connection::take_messages(std::size_t most)
{
    std::string_view rest{input_.data(), received_};
    for (; most != 0; --most)
    {
        auto const size = message_size(rest, how_.max_answer_bytes);
        if (!size || rest.size() < *size)
            break;
        auto const bytes = rest.substr(0, *size);
        auto* const asked = owner_of(read_head(bytes));
        auto m = engine_.decode(bytes);
        if (asked != nullptr)
            take(*asked, std::move(m), *size);
        rest.remove_prefix(*size);
    }
    std::memmove(input_.data(), rest.data(), rest.size());
    received_ = rest.size();
}

// Returns the operation that the message answers; null if it was abandoned. Throws connection_lost if there is no such
// operation, or if the message is of the wrong kind for it.
connection::operation* connection::owner_of(message_head const& head)
{
    if (head.id == 0)
        throw connection_lost{"the server said that it disconnects"};
    auto const found = waiting_.find(head.id);
    bool const is_waiting = found != waiting_.end() && !found->second->is_answered;
    if (!is_waiting && !abandoned_.contains(head.id))
        throw connection_lost{"the server answered a question that was not asked, message id " +
                              std::to_string(head.id)};
    auto const result = is_waiting ? found->second->result : LDAP_RES_SEARCH_RESULT;
    if (head.kind != result && (result != LDAP_RES_SEARCH_RESULT || !is_part_of_search(head.kind)))
        throw connection_lost{"the server answered with a message of another kind: " + std::to_string(head.kind) +
                              " in the place of " + std::to_string(result)};
    if (!is_waiting && head.kind == result)
        abandoned_.erase(head.id);
    return is_waiting ? found->second : nullptr;
}

void connection::take(operation& asked, message m, std::size_t size)
{
    if (!m)
        throw connection_lost{"the server sent an answer that libldap does not take"};
    asked.bytes += size;
    if (asked.bytes > how_.max_answer_bytes)
        throw connection_lost{"the server sent an answer of more than " + std::to_string(how_.max_answer_bytes) +
                              " bytes"};
    switch (::ldap_msgtype(m.get()))
    {
    case LDAP_RES_SEARCH_ENTRY:
        asked.answer.entries.push_back(read_entry(engine_.handle(), m.get()));
        return;
    case LDAP_RES_SEARCH_REFERENCE:  // a referral to another server: never followed
    case LDAP_RES_INTERMEDIATE:
        return;
    default:
        read_result(engine_.handle(), m.get(), asked.answer);
        asked.is_answered = true;
        asked.over.set();
    }
}

void connection::keep_receiving()
{
    auto loop = [](std::shared_ptr<connection> self) -> task<void> {
        try
        {
            for (;;)
                co_await self->receive(all_messages);
        }
        catch (std::exception const& e)
        {
            self->close(e.what());
        }
    };
    asio::co_spawn(executor_, loop(shared_from_this()), asio::detached);
}

void connection::send()
{
    if (writing_ || closed_)
        return;
    auto once = [](std::shared_ptr<connection> self) -> task<void> {
        try
        {
            co_await self->write_all();
        }
        catch (std::exception const& e)
        {
            self->close(e.what());
        }
    };
    asio::co_spawn(executor_, once(shared_from_this()), asio::detached);
}

task<void> connection::write_all()
{
    writing_ = true;
    for (auto bytes = engine_.take_output(); !bytes.empty(); bytes = engine_.take_output())
        co_await wire_.write(asio::buffer(bytes));
    writing_ = false;
}

void connection::retire() noexcept
{
    retired_ = true;
    if (waiting_.empty())
        close("retired");
}

void connection::close(std::string const& why) noexcept
{
    if (std::exchange(closed_, true))
        return;
    why_closed_ = why;
    wire_.close();
    for (auto const& [id, asked] : waiting_)
        asked->over.set();
    if (auto const call = std::exchange(when_closed_, nullptr))
        call();
}

}  // namespace tokend::plugin::ldap
