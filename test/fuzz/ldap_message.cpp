#include "fuzz/ldap_message.hpp"

#include "fuzz/expect.hpp"

#include "ldap/engine.hpp"
#include "ldap/message.hpp"
#include "ldap/outage.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

namespace tokend::test {
namespace {

using namespace plugin::ldap;

constexpr std::size_t most_bytes = 64 * 1024;

// A connection with a search and a bind under way.
class waiting
{
public:
    waiting()
    {
        ::ldap_search_ext(engine_.handle(), "", LDAP_SCOPE_BASE, "(cn=x)", nullptr, 0, nullptr, nullptr, nullptr, 0,
                          &search_);
        static_cast<void>(engine_.bind("cn=x", {'y'}, bind_));
    }

    // Throws connection_lost. REQUIRES: a whole message.
    void take(std::string_view bytes)
    {
        auto const head = read_head(bytes);
        if (!answers(head))
            throw connection_lost{"a question that was not asked"};
        auto const m = engine_.decode(bytes);
        if (!m)
            throw connection_lost{"an answer that libldap does not take"};
        expect(::ldap_msgid(m.get()) == head.id, "a message has the id that libldap finds");
        expect(static_cast<ber_tag_t>(::ldap_msgtype(m.get())) == head.kind, "and the kind");
        if (head.kind == LDAP_RES_SEARCH_ENTRY)
            static_cast<void>(read_entry(engine_.handle(), m.get()));
        else if (head.kind == LDAP_RES_BIND || head.kind == LDAP_RES_SEARCH_RESULT)
        {
            answer result;
            read_result(engine_.handle(), m.get(), result);
            expect(!result.text().empty(), "a result has a text");
        }
    }

private:
    bool answers(message_head const& head) const
    {
        constexpr ber_tag_t of_search[] = {LDAP_RES_SEARCH_ENTRY, LDAP_RES_SEARCH_REFERENCE, LDAP_RES_INTERMEDIATE,
                                           LDAP_RES_SEARCH_RESULT};
        if (head.id == bind_)
            return head.kind == LDAP_RES_BIND;
        return head.id == search_ &&
               std::find(std::begin(of_search), std::end(of_search), head.kind) != std::end(of_search);
    }

    engine engine_{most_bytes};
    int search_ = 0;
    int bind_ = 0;
};

// The size of the message at the start of the bytes, as it is known from the first bytes that tell it.
std::optional<std::size_t> size_of_first(std::string_view bytes)
{
    std::optional<std::size_t> known;
    for (std::size_t there = 0; there <= std::min<std::size_t>(bytes.size(), 16); ++there)
    {
        auto const size = message_size(bytes.substr(0, there), most_bytes);
        expect(!known || size == known, "more bytes do not change the size of a message");
        expect(!size || *size >= 2, "a message has a head");
        known = size;
    }
    return known;
}

}  // namespace

void read_ldap_messages(std::string_view bytes)
try
{
    [[maybe_unused]] static bool const prepared = [] {
        ::setenv("LDAPNOINIT", "1", 1);
        prepare_libldap();
        return true;
    }();
    waiting connection;
    while (auto const size = size_of_first(bytes))
    {
        if (bytes.size() < *size)
            return;
        std::vector<char> const exact{bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*size)};
        connection.take({exact.data(), exact.size()});
        bytes.remove_prefix(*size);
    }
}
catch (connection_lost const&)
{}

}  // namespace tokend::test
