#include "base/insist.hpp"
#include "web/durable.hpp"
#include "web/message/parameters.hpp"
#include "web/methods/common.hpp"
#include "web/methods/methods.hpp"
#include "web/worker_state.hpp"

namespace tokend {
namespace {

bool wants_verbose(request_view const& request)
{
    std::string name;
    std::string value;
    for (auto rest = request.query; next_parameter(rest, name, value);)
        if (name == "verbose" && value == "1")
            return true;
    return false;
}

asker asker_of(request_context& ctx)
{
    asker a;
    a.address = ctx.client.address;
    a.client_address = ctx.client.text();
    a.request_id = ctx.request_id;
    a.gone = ctx.watch_client();
    return a;
}

// Reads the credentials of either method. The secrets of the body are wiped when this returns.
template <class Read>
result<credentials> take_credentials(request_view const& request, request_context& ctx, bool empty_is_object, Read read)
{
    auto const body = read_body(request, ctx, empty_is_object);
    if (!body)
        return body.error();
    auto login = read(ctx.scratch.body);
    ctx.scratch.forget_body();
    ctx.has_credential = login.has_value();
    return login;
}

// Notes for the logs whose login it is, as the client says. A code names nobody, and is a secret.
void name_login(credentials const& login, request_context& ctx)
{
    ctx.name_user(login.organisation, login.presented == credentials::kind::code ? std::string{} : login.name);
    ctx.subject().unit = login.unit;
}

void name_principal(principal const& who, request_context& ctx)
{
    ctx.name_user(who.organisation, who.username);
    ctx.subject().unit = who.unit;
    ctx.subject().backend = who.backend;
}

// A name is locked out from now on, which is a decision of its own.
void record_lockout(std::chrono::seconds time, request_context& ctx)
{
    auto const& s = ctx.subject();
    auto const client = ctx.client.text();
    auto const reason = "locked out for " + std::to_string(time.count()) + " s";
    audit_record r{.event = "lockout"};
    r.code = to_string(code::too_many_attempts);
    r.organisation = s.organisation;
    r.user = s.username;
    r.client = client;
    r.request_id = ctx.request_id;
    r.reason = reason;
    ctx.services.audit->write(r);
}

// A token that nobody has yet. It ends with this object unless somebody gets it: there may be no memory for the
// response.
class unclaimed_token
{
public:
    unclaimed_token(request_context& ctx, issued_token const& token) noexcept : ctx_{ctx}, token_{token} {}
    ~unclaimed_token()
    {
        if (!claimed_)
            insist([this] { ctx_.services.sessions.release(token_.token.reveal(), ctx_.services.clock.now()); });
    }
    unclaimed_token(unclaimed_token const&) = delete;
    void claim() noexcept { claimed_ = true; }

private:
    request_context& ctx_;
    issued_token const& token_;
    bool claimed_ = false;
};

// Issues a token. Hands it out only once the tokens file has it.
task<answered> issue(authentication const& answer, request_view const& request, request_context& ctx, reply& out,
                     realm asks)
{
    ctx.home.read_clock();  // the backend may have taken its time
    if (!answer)
    {
        if (auto const time = answer.error().locked_out; time != time.zero() && ctx.is_audited())
            record_lockout(time, ctx);
        co_return out.refuse(answer.error(), asks);
    }
    auto& [who, lifetimes, limits] = **answer;
    name_principal(who, ctx);
    who.client_address = ctx.client.text();
    auto const token = ctx.services.sessions.issue(who, lifetimes, ctx.services.clock.now(), ctx.home.random, limits);
    if (!token)
        co_return out.refuse(token.error(), asks);
    unclaimed_token mine{ctx, *token};
    ctx.subject().accessor = token->accessor.view();
    ctx.subject().is_issued = true;
    ctx.services.issued.add(who, ctx.client.address);
    auto how = durability::written;
    if (token->evicted)
    {
        how = ctx.services.ends;
        ctx.subject().ended = 1;
        ctx.subject().ended_accessor = token->evicted->view();
        out.note("the user has max-sessions tokens; the oldest session ended: " + std::string{token->evicted->view()});
    }
    bool safe = true;
    if (ctx.services.file != nullptr)
        safe = co_await until_durable(ctx.home, how);
    if (!safe)
        co_return out.refuse(not_durable());
    auto const granted = grant(*token, wants_verbose(request) ? &who : nullptr, ctx, out);
    mine.claim();
    co_return granted;
}

}  // namespace

// POST /authentication/token: who asks (credential), what they get (token), how we write it (web).
task<answered> issue_token(request_view const& request, request_context& ctx, reply& out)
{
    auto login = take_credentials(request, ctx, false, [](members const& body) { return read_credentials(body); });
    if (!login)
        co_return out.refuse(login.error());
    name_login(*login, ctx);
    if (!ctx.services.can_record())
        co_return out.refuse(not_recorded());
    auto const answer = co_await ctx.config().authenticator.verify(std::move(*login), asker_of(ctx));
    co_return co_await issue(answer, request, ctx, out, realm::bearer);
}

// POST /authentication/web_api_key/token: the key comes as HTTP Basic.
task<answered> issue_for_api_key(request_view const& request, request_context& ctx, reply& out)
{
    auto login = take_credentials(request, ctx, true, [&](members const& body) { return read_api_key(body, request); });
    if (!login)
        co_return out.refuse(login.error(), realm::basic);
    name_login(*login, ctx);
    if (!ctx.services.can_record())
        co_return out.refuse(not_recorded(), realm::basic);
    auto const answer = co_await ctx.config().authenticator.verify_api_key(std::move(*login), asker_of(ctx));
    co_return co_await issue(answer, request, ctx, out, realm::basic);
}

}  // namespace tokend
