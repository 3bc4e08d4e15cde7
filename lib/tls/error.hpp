#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tokend {

// The option that a mistake belongs to.
enum class tls_option
{
    certificates,
    keys,
    client_ca
};

struct tls_mistake
{
    tls_option option;
    std::string what;  // "FILE: what is wrong, and what is right"; holds no secret
};

// The mistakes of the files that a context is made of. what() is all of them, one below the other.
class tls_error : public std::runtime_error
{
public:
    explicit tls_error(std::vector<tls_mistake> mistakes)
        : std::runtime_error{text_of(mistakes)}, mistakes_{std::move(mistakes)}
    {}
    tls_error(tls_option option, std::string what) : tls_error{std::vector<tls_mistake>{{option, std::move(what)}}} {}

    std::vector<tls_mistake> const& mistakes() const noexcept { return mistakes_; }

private:
    static std::string text_of(std::vector<tls_mistake> const& mistakes)
    {
        std::string all;
        for (auto const& m : mistakes)
            all.append(all.empty() ? "" : "\n").append(m.what);
        return all;
    }

    std::vector<tls_mistake> mistakes_;
};

}  // namespace tokend
