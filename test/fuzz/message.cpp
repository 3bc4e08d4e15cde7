#include "fuzz/message.hpp"

#include "fuzz/expect.hpp"
#include "http/message_parser.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tokend::test {
namespace {

// What the parser made of some bytes.
struct reading
{
    http_fault fault = http_fault::none;
    bool done = false;
    std::string verb{};
    std::string target{};
    std::string path{};
    std::string query{};
    bool http_1_1 = true;
    bool keeps_alive = true;
    bool expects_continue = false;
    std::vector<std::pair<header, std::string>> fields{};
    std::string body{};
    std::size_t header_size = 0;
    std::size_t size = 0;  // of the message

    bool operator==(reading const&) const = default;
};

// Reads messages as a connection does: its bytes arrive piece by piece in a buffer in which they do not move, and one
// store serves all messages.
class reader
{
public:
    explicit reader(message_limits const& limits) : limits_{limits} {}

    // The first piece has `first` bytes, each further one `step`.
    reading read(std::string_view bytes, std::size_t first, std::size_t step)
    {
        std::string buffer(bytes.size(),
                           '\n');  // a parser that looks at bytes before they arrive finds the end of a line
        message_parser parser{limits_, store_};
        reading r;
        std::size_t used = 0;  // of the body
        for (std::size_t there = 0, next = std::min(first, bytes.size());; next = std::min(step, bytes.size() - there))
        {
            bytes.copy(buffer.data() + there, next, there);
            there += next;
            advance(parser, {buffer.data(), there}, used, r.fault);
            r.done = r.fault == http_fault::none && parser.done();
            if (r.fault != http_fault::none || r.done || there == bytes.size())
                break;
        }
        if (r.done)
            describe(parser, used, r);
        return r;
    }

    message_limits const& limits() const noexcept { return limits_; }

private:
    static void advance(message_parser& parser, std::string_view input, std::size_t& used, http_fault& fault)
    {
        if (!parser.header_done())
            fault = parser.read_header(input);
        if (fault != http_fault::none || !parser.header_done())
            return;
        expect(parser.header_size() <= input.size(), "the headers end before the input does");
        if (parser.done())
            return;
        auto const rest = input.substr(parser.header_size() + used);
        auto const consumed = parser.read_body(rest, fault);
        expect(consumed <= rest.size(), "no more is consumed than was given");
        used += consumed;
    }
    static void describe(message_parser& parser, std::size_t used, reading& r)
    {
        auto const& request = parser.request();
        r.verb = request.verb;
        r.target = request.target;
        r.path = request.path;
        r.query = request.query;
        r.http_1_1 = request.http_1_1;
        r.keeps_alive = parser.keeps_alive();
        r.expects_continue = parser.expects_continue();
        for (auto const& f : request.fields)
            r.fields.emplace_back(f.name, f.value);
        r.body = request.body;
        r.header_size = parser.header_size();
        r.size = parser.size_in_place() + used;
    }

    message_limits const limits_;
    message_store store_{limits_};
};

// A header line that exceeds the limit is malformed if a bad byte behind the limit has arrived already, and too large
// if not.
bool agree(reading const& whole, reading const& pieces, bool may_exceed)
{
    if (whole == pieces)
        return true;
    return may_exceed && whole.fault == http_fault::malformed && pieces.fault == http_fault::headers_too_large;
}

void check_limits(reading const& r, message_limits const& limits, std::size_t given)
{
    constexpr std::size_t empty_line = 2;  // one may precede the request
    expect(r.header_size <= limits.header_bytes + empty_line, "the headers keep their limit");
    expect(r.fields.size() <= limits.header_fields, "the number of fields keeps its limit");
    expect(r.body.size() <= limits.body_bytes, "the body keeps its limit");
    expect(r.size <= given, "a message ends before the input does");
}

reading check(reader& reader, std::string_view bytes, std::size_t cuts)
{
    auto const size = bytes.size();
    auto const whole = reader.read(bytes, size, size);
    bool const may_exceed = size >= reader.limits().header_bytes;
    expect(agree(whole, reader.read(bytes, 1, 1), may_exceed), "a message reads the same byte by byte");
    auto const distance = std::max<std::size_t>(1, size / std::max<std::size_t>(1, cuts));
    for (auto cut = distance; cut < size; cut += distance)
        expect(agree(whole, reader.read(bytes, cut, size), may_exceed), "a message reads the same in two pieces");
    if (whole.done)
    {
        check_limits(whole, reader.limits(), size);
        expect(reader.read(bytes.substr(0, whole.size), size, size) == whole,
               "a message does not depend on what follows it");
        expect(!reader.read(bytes.substr(0, whole.size - 1), size, size).done,
               "a message is not complete without its last byte");
    }
    return whole;
}

}  // namespace

void read_message(std::string_view bytes, std::size_t cuts)
{
    static reader usual{message_limits{}};
    static reader narrow{
        {.header_bytes = 128, .header_fields = 4, .body_bytes = 24, .chunk_line_bytes = 12, .trailer_bytes = 24}};
    auto const taken = check(usual, bytes, cuts);
    auto const taken_narrowly = check(narrow, bytes, cuts);
    expect(!taken_narrowly.done || taken_narrowly == taken, "what small limits allow, larger limits allow");
}

}  // namespace tokend::test
