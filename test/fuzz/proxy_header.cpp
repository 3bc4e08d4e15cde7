#include "fuzz/proxy_header.hpp"

#include "base/text.hpp"
#include "fuzz/expect.hpp"
#include "http/forwarded.hpp"
#include "http/proxy_header.hpp"

#include <string>
#include <vector>

namespace tokend::test {
namespace {

using state = decltype(proxy_header::what);

void read_header_in_pieces(std::string_view bytes)
{
    proxy_header before;
    for (std::size_t there = 0; there <= bytes.size(); ++there)
    {
        std::vector<char> const exact{bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(there)};
        auto const now = read_proxy_header({exact.data(), exact.size()});
        if (before.what == state::incomplete)
            expect(now.what != state::complete || now.size == there, "a header is complete with its last byte");
        else
            expect(now.what == before.what && now.size == before.size && now.client == before.client,
                   "more bytes change a header that was read");
        expect(now.what != state::incomplete || there < proxy_header::most_bytes, "a header has no end");
        before = now;
    }
}

using lines = std::vector<std::string>;

lines split(std::string_view bytes)
{
    lines all;
    for (;; bytes.remove_prefix(all.back().size() + 1))
    {
        all.emplace_back(bytes.substr(0, bytes.find('\n')));
        if (all.back().size() == bytes.size())
            return all;
    }
}

std::optional<ip_address> client_in(lines const& all, client_field field)
{
    static std::vector<network> const trusted{network::parse("10.0.0.0/8").value(),
                                              network::parse("2001:db8::/32").value()};
    auto const name = field == client_field::forwarded ? header::forwarded : header::x_forwarded_for;
    header_fields fields{all.size()};
    std::vector<std::vector<char>> exact;
    for (auto const& line : all)
    {
        auto const value = trim(line);
        auto const& copy = exact.emplace_back(value.begin(), value.end());
        fields.add({name, {copy.data(), copy.size()}});
    }
    return forwarded_client(fields, field, trusted);
}

bool is_trusted(ip_address const& a)
{
    return network::parse("10.0.0.0/8")->contains(a) || network::parse("2001:db8::/32")->contains(a);
}

void read_list(lines const& all, client_field field)
{
    std::string const name = field == client_field::forwarded ? "for=" : "";
    auto const found = client_in(all, field);
    for (std::string const in_front :
         {"", "10.0.0.1", "for=10.0.0.1", "for=\"", "\"", "\\", "for=\"\\", "unknown", ";"})
    {
        if (!found || is_trusted(*found))
            break;
        auto more = all;
        more.front() = in_front + ',' + more.front();
        expect(client_in(more, field) == found, "text in front of an address changes it");
        more = all;
        more.insert(more.begin(), in_front);
        expect(client_in(more, field) == found, "a line in front of an address changes it");
    }
    auto more = all;
    more.back() += ", " + name + "198.51.100.9";
    expect(client_in(more, field) == ip_address::parse("198.51.100.9"), "the address that a proxy appends counts");
    more = all;
    more.push_back(name + "10.0.0.9, " + name + "10.0.0.8");
    auto const behind = client_in(more, field);
    expect(behind == found || (!found && behind == ip_address::parse("10.0.0.9")), "trusted proxies are passed over");
}

}  // namespace

void read_client_address(std::string_view bytes)
{
    read_header_in_pieces(bytes);
    read_list(split(bytes), client_field::x_forwarded_for);
    read_list(split(bytes), client_field::forwarded);
}

}  // namespace tokend::test
