#include "fuzz/conversation.hpp"

#include "fuzz/carrier.hpp"
#include "fuzz/expect.hpp"
#include "fuzz/responses.hpp"
#include "fuzz/world.hpp"

#include "web/methods/admin_routes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

// What the first byte of an input chooses, bit by bit.
struct choice
{
    explicit choice(char from)
        : on_admin_listener((from & 1) != 0),
          is_permissive((from & 2) != 0),
          has_store((from & 4) != 0),
          store_fails((from & 8) != 0),
          stalls((from & 16) != 0),
          is_proxied((from & 32) != 0)
    {}

    bool on_admin_listener;
    bool is_permissive;  // see world::be_permissive()
    bool has_store;
    bool store_fails;
    bool stalls;      // the client sends nothing more, but does not end its side
    bool is_proxied;  // the peer is a proxy, which names the client in X-Forwarded-For
};

front front_for(choice const& chosen)
{
    front f{chosen.on_admin_listener ? "admin" : "public", chosen.on_admin_listener ? admin_routes() : public_routes(),
            1000};
    if (chosen.is_proxied)
    {
        f.proxies.trusted.networks = {network::parse("192.0.2.0/24").value()};
        f.proxies.client_from = client_field::x_forwarded_for;
    }
    return f;
}

// A request of a connection, as the parser of messages reads it; or what stands there and cannot be read.
struct request_sent
{
    bool is_readable = false;
    bool is_answered_early = false;  // its body is not read
    bool is_head = false;
    bool keeps_alive = false;
    bool expects_continue = false;
};

// Takes one request off the front of the bytes; nothing if none has begun.
std::optional<request_sent> take_request(std::string_view& bytes)
{
    static message_limits const limits;
    static message_store store{limits};
    message_parser parser{limits, store};
    request_sent r;
    std::size_t used = 0;  // of the body
    auto fault = parser.read_header(bytes);
    bool const has_head = fault == http_fault::none && parser.header_done();
    r.is_head = parser.header_done() && parser.request().verb == "HEAD";
    if (!has_head && bytes.find_first_not_of("\r\n") == bytes.npos && fault == http_fault::none)
        return std::nullopt;
    if (has_head)
    {
        r.is_answered_early = parser.request().path.starts_with("/auth/verify");
        r.expects_continue = parser.expects_continue();
        if (!parser.done())
            used = parser.read_body(bytes.substr(parser.header_size()), fault);
    }
    r.is_readable = has_head && fault == http_fault::none && parser.done();
    r.keeps_alive = r.is_readable && parser.keeps_alive();
    bytes.remove_prefix(r.is_readable ? parser.size_in_place() + used : bytes.size());
    return r;
}

bool closes(answer const& a) { return a.header("Connection") == "close"; }

// Takes the answer to a request off the front of what was received, with the interim one before it.
answer take_answer_to(request_sent const& r, std::string_view& received)
{
    constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
    if (received.starts_with(interim))
    {
        expect(r.expects_continue, "100 only where it is expected");
        received.remove_prefix(interim.size());
    }
    auto a = take_answer(received, r.is_head);
    check_answer(a, r.is_head);
    expect(r.keeps_alive || closes(a), "the last answer says that the connection closes");
    expect(r.is_readable || r.is_answered_early || a.status >= 400, "what cannot be read is answered by an error");
    return a;
}

// The answers that are the same however the bytes arrive. If a request expects 100, its answer depends on whether its
// body is there already, and so does all behind it.
std::vector<std::string> check_answers(std::string_view bytes, std::string_view received)
{
    std::vector<std::string> lasting;
    bool is_lasting = true;
    for (bool open = true; open;)
    {
        auto const request = take_request(bytes);
        if (!request)
            break;
        auto const a = take_answer_to(*request, received);
        is_lasting = is_lasting && !request->expects_continue;
        if (is_lasting)
            lasting.push_back(lasting_text(a));
        open = !closes(a);
    }
    expect(received.empty(), "each request has one answer");
    return lasting;
}

// Checks that those whose tokens the bytes do not hold keep them, and that the client learns nothing of them.
void check_others(world& of, std::string_view input, std::string_view bytes, std::string_view received)
{
    auto const is_learnt = [&](std::string_view text) {
        return received.find(text) != received.npos && bytes.find(text) == bytes.npos;
    };
    for (auto const& one : of.tokens)
    {
        auto const is_theirs = [&](known_token const& t) {
            return t.who.username == one.who.username && t.is_named_in(input);
        };
        if (std::any_of(of.tokens.begin(), of.tokens.end(), is_theirs))
            continue;
        expect(of.is_intact(one), "nobody ends or prolongs the tokens of others");
        expect(!is_learnt(one.who.username.substr(0, 5)), "nobody learns the names of others");
        expect(!is_learnt(one.issued.accessor.view()), "nobody learns the accessors of others");
    }
}

}  // namespace

void converse(std::string_view input, std::size_t cuts)
{
    static world all;
    if (input.empty())
        return;
    choice const chosen{input.front()};
    auto const at = front_for(chosen);
    input.remove_prefix(1);
    all.be_permissive(chosen.is_permissive);
    all.have_store(chosen.has_store);
    all.store.keeps = !chosen.store_fails;

    auto const answers = [&](std::size_t first, std::size_t each) {
        all.restore();
        auto const bytes = all.fill_in(input);
        auto const received = carry(all, at, bytes, {.first = first, .each = each, .stalls = chosen.stalls});
        check_others(all, input, bytes, received);
        return check_answers(bytes, received);
    };
    auto const size = input.size();
    auto const whole = answers(size, size);
    expect(answers(1, 1) == whole, "byte by byte the answers are the same");
    auto const distance = std::max<std::size_t>(1, size / (cuts + 1) + 1);
    for (auto cut = distance; cut < size; cut += distance)
        expect(answers(cut, size) == whole, "in two pieces the answers are the same");
}

}  // namespace tokend::test
