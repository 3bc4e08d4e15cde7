// Beast's parser reads each message beside ours. Whatever ours accepts, Beast accepts too, with the same parts and the
// same end: a proxy that reads messages as Beast does never sees another request than we do. Ours may refuse what Beast
// accepts, never the reverse.
#include "contract/malformed_messages.hpp"
#include "contract/odd_messages.hpp"
#include "http/message_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace tokend;
using namespace std::literals;
namespace http = boost::beast::http;

// What a parser made of some bytes.
struct reading
{
    bool taken = false;
    std::string verb;
    std::string target;
    bool http_1_1 = true;
    bool keeps_alive = true;
    std::vector<std::pair<header, std::string>> fields;
    std::string body;
    std::size_t size = 0;  // of the message

    bool operator==(reading const&) const = default;
};

std::ostream& operator<<(std::ostream& out, reading const& r)
{
    out << (r.taken ? "taken " : "refused ") << r.verb << ' ' << r.target << (r.http_1_1 ? " 1.1" : " 1.0")
        << (r.keeps_alive ? " stays" : " closes") << ", " << r.size << " bytes, body '" << r.body << "'";
    for (auto const& [name, value] : r.fields)
        out << ", " << static_cast<int>(name) << " '" << value << "'";
    return out;
}

class beast_reader : http::basic_parser<true>
{
public:
    reading read(std::string_view bytes)
    {
        header_limit(1 << 20);
        body_limit(boost::none);
        std::size_t const skipped = bytes.starts_with("\r\n") ? 2 : 0;
        bytes.remove_prefix(skipped);
        boost::beast::error_code ec;
        while (!ec && !is_done())
        {
            auto const n = put(boost::asio::const_buffer{bytes.data(), bytes.size()}, ec);
            bytes.remove_prefix(n);
            read_.size += n;
            if (n == 0 && !is_done())
                break;
        }
        read_.taken = !ec && is_done();
        read_.size += skipped;
        return read_;
    }

private:
    using text = boost::beast::string_view;
    using error = boost::beast::error_code;

    void on_request_impl(http::verb, text verb, text target, int version, error&) override
    {
        read_.verb = verb;
        read_.target = target;
        read_.http_1_1 = version == 11;
    }
    void on_response_impl(int, text, int, error&) override {}
    void on_field_impl(http::field, text name, text value, error&) override
    {
        if (is_header_done())
            return;  // a trailer
        read_.fields.emplace_back(header_named({name.data(), name.size()}), value);
        closes_ |= read_.fields.back().first == header::connection && http::token_list{value}.exists("close");
    }
    // "close" holds whatever else is there (RFC 9112, 9.3). Beast lets keep-alive of HTTP/1.0 outweigh it, and would
    // take it from a trailer.
    void on_header_impl(error&) override { read_.keeps_alive = keep_alive() && !closes_; }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error&) override {}
    std::size_t on_body_impl(text body, error&) override { return append(body); }
    void on_chunk_header_impl(std::uint64_t, text, error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, text body, error&) override { return append(body); }
    void on_finish_impl(error&) override {}

    std::size_t append(text body)
    {
        read_.body.append(body.data(), body.size());
        return body.size();
    }

    reading read_;
    bool closes_ = false;
};

// As a session does it, `step` bytes more at a time.
reading read_ours(std::string_view bytes, std::size_t step)
{
    message_limits const limits;
    message_store store{limits};
    message_parser parser{limits, store};
    reading r;
    auto fault = http_fault::none;
    std::size_t used = 0;  // behind the headers
    for (std::size_t end = std::min(step, bytes.size());; end = std::min(end + step, bytes.size()))
    {
        if (!parser.header_done())
            fault = parser.read_header(bytes.substr(0, end));
        if (fault == http_fault::none && parser.header_done() && !parser.done())
        {
            auto const at = parser.header_size() + used;
            used += parser.read_body(bytes.substr(at, std::max(end, at) - at), fault);
        }
        if (fault != http_fault::none || parser.done() || end == bytes.size())
            break;
    }
    r.taken = fault == http_fault::none && parser.done();
    if (!r.taken)
        return r;
    auto const& request = parser.request();
    r.verb = request.verb;
    r.target = request.target;
    r.http_1_1 = request.http_1_1;
    r.keeps_alive = parser.keeps_alive();
    for (auto const& f : request.fields)
        r.fields.emplace_back(f.name, f.value);
    r.body = request.body;
    r.size = parser.size_in_place() + used;
    return r;
}

struct tally
{
    std::size_t taken = 0;
    std::size_t refused = 0;
};

void compare(std::string_view bytes, std::size_t step, tally& so_far)
{
    auto const ours = read_ours(bytes, bytes.size());
    if (auto const in_pieces = read_ours(bytes, step); ours != in_pieces)
        BOOST_ERROR("in pieces of " << step << ": " << in_pieces << "\nin one: " << ours << "\n" << bytes);
    if (!ours.taken)
    {
        ++so_far.refused;
        return;
    }
    ++so_far.taken;
    if (auto const beasts = beast_reader{}.read(bytes); ours != beasts)
        BOOST_ERROR("Beast: " << beasts << "\nours: " << ours << "\n" << bytes);
}

std::vector<std::string> corpus()
{
    std::vector<std::string> all{
        "POST /authentication/token/validate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        "2\r\nConnection: keep-alive\r\n\r\n{}",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close, x\r\n\r\n1\r\n{\r\n1;a=b\r\n}"
        "\r\n0\r\nT: t\r\n\r\n",
        "GET http://a/b?c HTTP/1.0\r\nConnection: keep-alive\r\nX-Request-Id: 1\r\nAuthorization: Bearer x\r\n\r\n",
    };
    namespace from = tokend::test;
    for (auto const& messages : {from::malformed_request_lines(), from::malformed_headers(), from::malformed_framing()})
        for (auto const& m : messages)
            all.push_back(m.bytes);
    for (auto const& messages :
         {from::odd_request_lines(), from::odd_headers(), from::odd_bodies(), from::odd_versions()})
        for (auto const& m : messages)
            all.push_back(m.bytes);
    return all;
}

// One or two small changes of the kind that framing attacks are made of.
class mutator
{
public:
    explicit mutator(std::vector<std::string> const& messages) : messages_{messages} {}

    std::string next()
    {
        auto bytes = any();
        for (auto left = 1 + below(2); left > 0; --left)
            change(bytes);
        return bytes;
    }
    std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

private:
    std::string const& any() { return messages_[below(messages_.size())]; }

    void change(std::string& bytes)
    {
        static constexpr std::array pieces{"\r\n"sv,
                                           "\r"sv,
                                           "\n"sv,
                                           " "sv,
                                           "\t"sv,
                                           ":"sv,
                                           ","sv,
                                           ";"sv,
                                           "\0"sv,
                                           "\x7f"sv,
                                           "\x80"sv,
                                           "\xff"sv,
                                           "0"sv,
                                           "1"sv,
                                           "2"sv,
                                           "a"sv,
                                           "/"sv,
                                           "\""sv,
                                           "X: y\r\n"sv,
                                           "Host: a\r\n"sv,
                                           "Content-Length: 0\r\n"sv,
                                           "\r\n\r\n"sv,
                                           "Transfer-Encoding: chunked\r\n"sv,
                                           "Connection: close\r\n"sv,
                                           "close"sv,
                                           "HTTP/1.0"sv};
        auto const at = below(bytes.size() + 1);
        auto const piece = pieces[below(pieces.size())];
        switch (below(5))
        {
        case 0:
            bytes.insert(at, piece);
            break;
        case 1:
            bytes.erase(at, 1 + below(3));
            break;
        case 2:
            bytes.replace(at, piece.size(), piece);
            break;
        case 3:  // a line once more
            bytes.insert(bytes.find('\n', at) + 1, bytes.substr(at, bytes.find('\n', at) - at + 1));
            break;
        case 4:  // the end of another message
        {
            auto const& other = any();
            bytes = bytes.substr(0, at) + other.substr(std::min(at, other.size()));
            break;
        }
        }
    }

    std::vector<std::string> const& messages_;
    std::mt19937 random_{20261124};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(message_oracle)

BOOST_AUTO_TEST_CASE(what_we_take_beast_takes_in_the_same_way)
{
    tally so_far;
    for (auto const& bytes : corpus())
        for (std::size_t const step : {1UL, 7UL})
            compare(bytes, step, so_far);
    BOOST_TEST(so_far.taken > 100U);
    BOOST_TEST(so_far.refused > 300U);
}

BOOST_AUTO_TEST_CASE(what_we_take_of_mutated_messages_beast_takes_in_the_same_way)
{
    auto const messages = corpus();
    mutator mutated{messages};
    tally so_far;
    for (int i = 0; i < 200'000; ++i)
    {
        auto const bytes = mutated.next();
        compare(bytes, 1 + mutated.below(bytes.size()), so_far);
    }
    BOOST_TEST(so_far.taken > 10'000U);
    BOOST_TEST(so_far.refused > 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()
