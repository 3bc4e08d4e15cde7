#include "contract/secure_client.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

namespace tokend::test {

secure_client::secure_client(std::string const& address, client_settings const& how) : socket_{address}, tls_{how}
{
    SSL_set_fd(ssl(), socket_.socket());
}

bool secure_client::shake_hands()
{
    ERR_clear_error();
    if (SSL_connect(ssl()) == 1)
        return true;
    failure_ = reason_of(ERR_peek_last_error());
    return false;
}

std::string secure_client::ask(std::string_view request)
{
    constexpr std::string_view length = "Content-Length: ";
    constexpr std::string_view end = "\r\n\r\n";
    ERR_clear_error();
    SSL_write(ssl(), request.data(), static_cast<int>(request.size()));
    std::string text;
    std::array<char, 4096> some;
    for (;;)
    {
        auto const n = SSL_read(ssl(), some.data(), static_cast<int>(some.size()));
        if (n <= 0)
        {
            failure_ = reason_of(ERR_peek_last_error());
            throw std::runtime_error{"no whole answer: " + failure_};
        }
        text.append(some.data(), static_cast<std::size_t>(n));
        auto const head = text.find(end);
        auto const at = text.find(length);
        if (head == text.npos || at == text.npos)
            continue;
        std::size_t size = 0;
        std::from_chars(text.data() + at + length.size(), text.data() + head, size);
        if (text.size() >= head + end.size() + size)
            return text;
    }
}

bool secure_client::is_ended_in_order()
{
    std::array<char, 4096> some;
    int n = 1;
    ERR_clear_error();
    while (n > 0)
        n = SSL_read(ssl(), some.data(), static_cast<int>(some.size()));
    return SSL_get_error(ssl(), n) == SSL_ERROR_ZERO_RETURN;
}

std::string secure_client::certificate_name() const
{
    std::array<char, 256> name{};
    if (auto* const shown = SSL_get0_peer_certificate(ssl()))
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name.data(), name.size());
    return name.data();
}

tls_rig::tls_rig()
{
    files.put("localhost.pem", issue({.common_name = "localhost"}, &authority));
    files.put("ca.pem", authority.pem());
}

daemon_options tls_rig::options(std::vector<std::string> arguments) const
{
    arguments.insert(arguments.begin(), key("tls-certificates", at("localhost.pem")));
    return {demonstration(), std::move(arguments)};
}

}  // namespace tokend::test
