#include "web/conversation.hpp"

#include "base/secret.hpp"
#include "web/admission.hpp"
#include "web/desk.hpp"
#include "web/durable.hpp"
#include "web/front.hpp"
#include "web/rates.hpp"
#include "web/worker_state.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace tokend {
namespace {

constexpr std::size_t most_held_back = 16 * 1024;  // bytes of pipelined responses before they are sent

}  // namespace

conversation::conversation(worker_state& home, front const& at, client peer) : request_{home, at, peer} {}

http_options const& conversation::options() const noexcept { return request_.home.config->http; }

void conversation::identify(std::shared_ptr<std::string const> subject) noexcept
{
    request_.client.certificate_subject = std::move(subject);
}

step conversation::begin() const
{
    return {step::kind::read, true, request_.home.steady_now() + options().idle_timeout};
}

step conversation::turn_away(desk& d)
{
    auto response = begin_unread(d);
    response.refuse({code::overloaded, {}, "too many connections"});
    request_.conclude();
    return last_step();
}

step conversation::refuse_protocol(desk& d, unreadable const& why)
{
    auto response = begin_unread(d);
    response.unreadable(why.status, why.code, why.reason);
    request_.conclude();
    return last_step();
}

// Begins the last reply of a connection, to a request that nobody reads.
reply conversation::begin_unread(desk& d)
{
    request_.begin();
    request_.name_unread();
    request_.begin_frame(false);
    closing_ = lingers_ = true;
    return request_.begin_reply(d);
}

step conversation::advance(desk& d)
{
    while (!closing_ && d.out.size() <= most_held_back)
        switch (take_request(d))
        {
        case progress::answered:
            break;
        case progress::incomplete:
            return wanted_bytes(d);
        case progress::waits:
            return {step::kind::respond};
        }
    return closing_ ? last_step() : step{step::kind::write};
}

step conversation::last_step() const noexcept { return {lingers_ ? step::kind::linger : step::kind::close}; }

// The stages of a request. Each has one caller or two, and is part of advance() in the compiled code.

// Goes as far with a request as the bytes that are here allow.
[[gnu::always_inline]] inline conversation::progress conversation::take_request(desk& d)
{
    if (d.in.data().empty())
        return progress::incomplete;
    request_.begin();
    if (!d.parser)
    {
        d.in.begin_message();
        d.parser.emplace(request_.home.limits, d.store);
    }
    if (!d.parser->header_done())
    {
        if (auto const fault = d.parser->read_header(d.in.data()); fault != http_fault::none)
            return refuse_message(d, describe(fault));
        if (!d.parser->header_done())
            return progress::incomplete;
        take_head(d);
        if (closing_ && !answers_on_head_)
            return progress::answered;
    }
    if (!answers_on_head_)
    {
        if (auto const fault = read_body(d); fault != http_fault::none)
            return refuse_message(d, describe(fault));
        if (!d.parser->done())
            return progress::incomplete;
    }
    return answer(d);
}

// Decides what the headers decide.
[[gnu::always_inline]] inline void conversation::take_head(desk& d)
{
    auto const& request = d.parser->request();
    auto const& match = request_.match = find_route(request_.at.routes, request.verb, request.path, options());
    request_.name(request);
    admitted_ = admit(request, match);
    if (request_.at.rate.limits() || request_.home.config->network_rate.limits()) [[unlikely]]
        if (auto limited = admit_at_rate(request_); !limited)
            admitted_ = std::move(limited);
    if (admitted_ && match.route->needs) [[unlikely]]
        admitted_ = request_.admit_operator(request);
    bool const unread = admitted_ && match.route->body == body_use::refused;
    keeps_alive_ = d.parser->keeps_alive() && !(unread && d.parser->declares_body());
    answers_on_head_ = unread;
    if (unread)
    {
        lingers_ = d.parser->declares_body();
        return;
    }
    if (d.parser->declared_length() > request_.home.limits.body_bytes)
    {
        refuse_message(d, describe(http_fault::payload_too_large));
        return;
    }
    if (d.parser->expects_continue() && d.in.data().size() == d.parser->header_size())
    {
        if (admitted_)
            d.out.append("HTTP/1.1 100 Continue\r\n\r\n");
        else  // the client may or may not send its body now: only a closed connection is unambiguous
        {
            keeps_alive_ = false;
            answers_on_head_ = lingers_ = true;
        }
    }
    body_until_ = request_.home.steady_now() + options().body_timeout;
}

[[gnu::always_inline]] inline http_fault conversation::read_body(desk& d)
{
    auto fault = http_fault::none;
    if (!d.parser->done())
    {
        auto const used = d.parser->read_body(d.in.data().substr(d.parser->header_size()), fault);
        if (used > 0)
            d.in.consume_behind(d.parser->header_size(), used);
    }
    return fault;
}

step conversation::wanted_bytes(desk& d)
{
    if (d.in.data().empty())
        return begin();
    if (d.parser->header_done())
        return {step::kind::read, false, body_until_};
    if (header_until_ == never)
        header_until_ = request_.home.steady_now() + options().header_timeout;
    return {step::kind::read, false, header_until_};
}

step conversation::input_ended(desk& d) { return give_up(d, truncated); }

step conversation::timed_out(desk& d) { return give_up(d, too_slow); }

// The bytes did not arrive. Answers with an error if a request had begun.
step conversation::give_up(desk& d, unreadable const& why)
{
    closing_ = true;
    bool const begun = !d.in.data().empty() &&
                       (d.parser->header_done() || d.in.data().find_first_not_of("\r\n") != std::string_view::npos);
    if (begun)
        refuse_message(d, why);
    return last_step();
}

// Answers now, or finds that the response has to wait.
[[gnu::always_inline]] inline conversation::progress conversation::answer(desk& d)
{
    auto const& request = d.parser->request();
    auto const& match = request_.match;
    if (request_.home.draining || draining_)
        keeps_alive_ = false;
    request_.begin_frame(request.verb == "HEAD");
    request_.frame.after = !keeps_alive_      ? after_answer::close
                           : request.http_1_1 ? after_answer::keep_alive_1_1
                                              : after_answer::keep_alive_1_0;
    request_.frame.always_200 = match.legacy && options().legacy_always_200;

    auto const answer_at = d.out.size();
    try
    {
        auto response = request_.begin_reply(d);
        auto how = answered::now;
        if (admitted_)
            how = match.route->answer == nullptr ? answered::later : match.route->answer(request, request_, response);
        else
        {
            if (admitted_.error().code == code::method_not_allowed)
                response.header("Allow", allowed_verbs(request_.at.routes, request.path, options()));
            response.refuse(admitted_.error());
        }
        if (how == answered::later)
            return progress::waits;
        bool const changes_file = how == answered::when_durable && request_.home.shared.file != nullptr;
        if (changes_file || request_.waits_for_record())
        {
            withheld_ = how;
            d.withheld_from = answer_at;
            return progress::waits;
        }
        request_.conclude();
    }
    catch (...)
    {
        request_.answer_exception(std::current_exception(), d, answer_at);
    }
    return finish(d);
}

task<void> conversation::respond(desk& d)
{
    bool const withheld = d.withheld_from != desk::nothing;
    auto const answer_at = withheld ? d.withheld_from : d.out.size();
    request_.hold_setup();
    std::exception_ptr thrown;
    try
    {
        auto response = request_.begin_reply(d);
        auto how = withheld_;
        if (!withheld)
            how = co_await request_.match.route->ask(d.parser->request(), request_, response);
        if (how == answered::when_durable && request_.home.shared.file != nullptr)
        {
            bool const kept = co_await until_durable(request_.home, request_.home.shared.ends);
            if (!kept)
                throw refused{not_durable()};
        }
        if (request_.waits_for_record())
        {
            bool const recorded = co_await request_.until_recorded();
            if (!recorded)
                throw refused{not_recorded()};
            request_.log();
        }
        else
            request_.conclude();
    }
    catch (...)
    {
        thrown = std::current_exception();
    }
    request_.home.read_clock();
    if (thrown)
    {
        request_.withdraw();
        request_.answer_exception(thrown, d, answer_at);
    }
    request_.release_setup();
    d.withheld_from = desk::nothing;
    finish(d);
}

// The request is answered. What stands behind it is another one.
[[gnu::always_inline]] inline conversation::progress conversation::finish(desk& d)
{
    closing_ = closing_ || !keeps_alive_;
    is_new_ = false;
    d.in.consume(d.parser->size_in_place());
    if (!d.store.body.empty())
        wipe(d.store.body);
    d.parser.reset();
    header_until_ = never;
    return progress::answered;
}

// Answers a message that cannot be read. Nobody knows where it ends, so nothing behind it is taken for a request.
conversation::progress conversation::refuse_message(desk& d, unreadable const& why)
{
    bool const has_head = d.parser->header_done();
    if (has_head)
        request_.name(d.parser->request());
    else
        request_.name_unread();
    closing_ = lingers_ = true;
    request_.match = {};
    request_.begin_frame(has_head && d.parser->request().verb == "HEAD");
    auto response = request_.begin_reply(d);
    response.unreadable(why.status, why.code, why.reason);
    request_.conclude();
    return progress::answered;
}

void conversation::drain() noexcept
{
    draining_ = true;
    keeps_alive_ = false;  // a response that is not written yet says so
    request_.frame.after = after_answer::close;
}

}  // namespace tokend
