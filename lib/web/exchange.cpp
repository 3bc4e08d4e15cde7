#include "web/exchange.hpp"

#include "base/byte_class.hpp"

namespace tokend {
namespace {

constexpr byte_class id_bytes{[](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}};

bool is_request_id(std::string_view s) noexcept { return !s.empty() && s.size() <= 64 && id_bytes.has_all(s); }

}  // namespace

void exchange::begin() noexcept
{
    received_ = home_.now();
    asked_at_ = home_.steady_now();
}

void exchange::name(request_view const& request) noexcept
{
    auto const id = request.field(header::x_request_id);
    if (request.count(header::x_request_id) == 1 && is_request_id(id))
        request_id_ = id;
    else
        name_unread();
}

void exchange::name_unread() noexcept
{
    own_id_ = home_.make_request_id();
    request_id_ = {own_id_.data(), own_id_.size()};
}

void exchange::begin_frame(bool head) noexcept
{
    frame = {.common = &home_.lines(), .request_id = request_id_, .head = head};
}

context exchange::surroundings(setup const& config)
{
    return {home_.shared(), config, home_.bench(), home_.checks(), received_, peer_, request_id_, match.legacy, &home_};
}

void exchange::refuse(reply& said, refusal const& why) const
{
    if (why.code == code::method_not_allowed)
        said.header("Allow", match.route->allow);
    said.refuse(why);
}

void exchange::answer_trouble(std::exception_ptr trouble, desk& d, std::size_t answer_at, context const& ctx)
{
    refusal why{.reason = "unknown exception"};
    try
    {
        std::rethrow_exception(trouble);
    }
    catch (refused const& r)
    {
        why = r.why;
    }
    catch (std::exception const& e)
    {
        why.reason = e.what();
    }
    catch (...)
    {}
    d.out.cut(answer_at);
    auto said = begin_reply(d);
    if (match.route != nullptr && match.route->body == body_use::refused)
        said.bare(500, why.code, why.reason);
    else
        said.refuse(why);
    note(ctx, said);
}

void exchange::write_down(context const& ctx, reply const& said) const
{
    decision d;
    d.method = method();
    d.who = ctx.who;
    d.client_address = peer_;
    d.request_id = request_id_;
    d.code = said.code();
    d.reason = said.reason();
    d.duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - asked_at_);
    record(home_.shared().log, d);
}

}  // namespace tokend
