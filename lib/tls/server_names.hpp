#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// What the choice of a certificate needs to know of one.
struct certificate_offer
{
    std::vector<std::string> names;  // DNS names in lower case; *.example.com stands for one label
    int key_kind;                    // two kinds of keys may serve one name, and the client chooses
};

// Chooses certificates by the name that a client asks for (SNI, RFC 6066 section 3). The first certificate that has the
// name wins among those of one kind; an exact name comes before a wildcard. Immutable.
class server_names
{
public:
    using choice = std::vector<std::size_t>;  // numbers of certificates in order, each of another kind

    explicit server_names(std::span<certificate_offer const> all);

    // For clients that name no server, or one that no certificate has: the first certificate, and those of other kinds
    // that clients of its first name get.
    choice const& usual() const noexcept { return usual_; }
    // Any case. Returns null if no certificate has the name.
    choice const* find(std::string_view server) const;
    // All that usual() and find() can return, each once.
    std::vector<choice> all() const;

private:
    std::map<std::string, choice, std::less<>> exact_;
    std::map<std::string, choice, std::less<>> below_;  // by what follows "*."
    choice usual_;
};

}  // namespace tokend
