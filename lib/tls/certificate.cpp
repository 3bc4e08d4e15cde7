#include "tls/certificate.hpp"

#include "base/secret_file.hpp"
#include "base/text.hpp"
#include "tls/error.hpp"

#include <openssl/pem.h>

#include <array>
#include <ctime>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

namespace tokend {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = 1024 * 1024;  // of a file
constexpr int least_rsa_bits = 2048;
constexpr int least_signature_bits = 112;  // of security: SHA-1 has fewer

secret read_file(fs::path const& file, tls_option option)
try
{
    return read_secret_file(file.string(), most_bytes);
}
catch (std::system_error const& e)
{
    throw tls_error{option, "cannot read " + file.string() + ": " + e.code().message()};
}
catch (std::length_error const&)
{
    throw tls_error{option, file.string() + ": is larger than 1m, which no PEM file of certificates is"};
}

bio_ptr reader_of(secret const& bytes)
{
    auto const text = bytes.reveal();
    bio_ptr reader{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    if (!reader)
        throw std::bad_alloc{};
    return reader;
}

// OpenSSL's own callback would ask on the terminal. `asked` points to a bool.
int no_passphrase(char*, int, int, void* asked)
{
    *static_cast<bool*>(asked) = true;
    return -1;
}

// ASN.1 begins with a SEQUENCE.
std::string not_pem(secret const& bytes, fs::path const& file, std::string_view noun, std::string_view command)
{
    auto const begin = file.string() + ": ";
    if (bytes.reveal().starts_with('\x30'))
        return begin + "is DER, not PEM; convert it: openssl " + std::string{command} + " -inform DER -in " +
               file.string() + " -out NEW";
    return begin + "holds no " + std::string{noun} + " in PEM";
}

std::vector<x509_ptr> parse_certificates(secret const& bytes, fs::path const& file, tls_option option)
{
    auto const reader = reader_of(bytes);
    std::vector<x509_ptr> found;
    for (;;)
    {
        ERR_clear_error();
        bool asked = false;
        x509_ptr next{PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, &asked)};
        if (!next)
            break;
        found.push_back(std::move(next));
    }
    auto const error = ERR_peek_last_error();
    ERR_clear_error();
    if (error != 0 && ERR_GET_REASON(error) != PEM_R_NO_START_LINE)
        throw tls_error{option, file.string() + ": certificate " + std::to_string(found.size() + 1) + " is damaged (" +
                                    reason_of(error) + ")"};
    if (found.empty())
        throw tls_error{option, not_pem(bytes, file, "certificate", "x509")};
    return found;
}

key_ptr parse_key(secret const& bytes, fs::path const& file, bool is_certificate_file)
{
    auto const option = is_certificate_file ? tls_option::certificates : tls_option::keys;
    auto const reader = reader_of(bytes);
    ERR_clear_error();
    bool asked = false;
    key_ptr key{PEM_read_bio_PrivateKey(reader.get(), nullptr, no_passphrase, &asked)};
    ERR_clear_error();
    if (key)
        return key;
    if (asked)
        throw tls_error{option, file.string() + ": the key is encrypted, and nobody could type its passphrase; " +
                                    "decrypt it: openssl pkey -in " + file.string() + " -out NEW"};
    if (is_certificate_file)
        throw tls_error{option, file.string() + ": holds no private key; name the file of its key in tls-keys"};
    throw tls_error{option, not_pem(bytes, file, "private key", "pkey")};
}

std::string curve_of(EVP_PKEY* key)
{
    std::array<char, 64> name{};
    std::size_t size = 0;
    EVP_PKEY_get_group_name(key, name.data(), name.size(), &size);
    return {name.data(), size};
}

// Returns why no TLS 1.2 or 1.3 client should accept the key; empty for a good one.
std::string weakness_of(EVP_PKEY* key)
{
    switch (EVP_PKEY_get_base_id(key))
    {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        if (auto const bits = EVP_PKEY_get_bits(key); bits < least_rsa_bits)
            return "an RSA key of " + std::to_string(bits) + " bits is too weak; take 2048 or more, or ECDSA P-256";
        return {};
    case EVP_PKEY_EC:
        for (std::string_view const curve : std::array<std::string_view, 3>{"prime256v1", "secp384r1", "secp521r1"})
            if (curve_of(key) == curve)
                return {};
        return "clients do not take the curve " + curve_of(key) + "; take P-256 or P-384";
    case EVP_PKEY_ED25519:
        return {};
    default:
        return "clients do not take this kind of key; take ECDSA P-256, or RSA of 2048 bits or more";
    }
}

// A self-signed certificate is not believed for its signature.
void check_signature(X509* c, std::size_t number, fs::path const& file, tls_option option)
{
    int bits = 0;
    bool const known = X509_get_signature_info(c, nullptr, nullptr, &bits, nullptr) == 1;
    if (known && bits < least_signature_bits && (X509_get_extension_flags(c) & EXFLAG_SS) == 0)
        throw tls_error{option, file.string() + ": the signature of certificate " + std::to_string(number) +
                                    " is too weak; it must be SHA-256 or better"};
}

void check_order(std::vector<x509_ptr> const& chain, fs::path const& file)
{
    for (std::size_t i = 0; i < chain.size(); ++i)
    {
        check_signature(chain[i].get(), i + 1, file, tls_option::certificates);
        if (i > 0 && X509_check_issued(chain[i].get(), chain[i - 1].get()) != X509_V_OK)
            throw tls_error{tls_option::certificates,
                            file.string() + ": certificate " + std::to_string(i + 1) + " is not the issuer of " +
                                "certificate " + std::to_string(i) +
                                "; give the server's certificate first, then its issuer, then the issuer of that"};
    }
}

void check_key(std::vector<x509_ptr> const& chain, EVP_PKEY* key, fs::path const& file, fs::path const& key_file)
{
    auto const option = key_file.empty() ? tls_option::certificates : tls_option::keys;
    auto const key_name = (key_file.empty() ? file : key_file).string();
    if (EVP_PKEY_eq(X509_get0_pubkey(chain[0].get()), key) == 1)
        return;
    for (std::size_t i = 1; i < chain.size(); ++i)
        if (EVP_PKEY_eq(X509_get0_pubkey(chain[i].get()), key) == 1)
            throw tls_error{tls_option::certificates, file.string() + ": the certificate of the key is number " +
                                                          std::to_string(i + 1) + "; it must be the first"};
    ERR_clear_error();
    throw tls_error{option, key_name + ": is not the key of the certificate in " + file.string()};
}

std::vector<std::string> names_of(X509* c)
{
    std::vector<std::string> names;
    std::unique_ptr<GENERAL_NAMES, frees<GENERAL_NAMES_free>> const all{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(c, NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i)
    {
        auto const* const name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type != GEN_DNS)
            continue;
        std::string_view const text{reinterpret_cast<char const*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                    static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))};
        if (!text.empty() && !has_control_character(text))
            names.push_back(fold(text));
    }
    return names;
}

std::chrono::sys_seconds time_of(ASN1_TIME const* t)
{
    std::tm parts{};
    ASN1_TIME_to_tm(t, &parts);
    return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&parts)}};
}

}  // namespace

certificate read_certificate(fs::path const& file, fs::path const& key_file)
{
    auto const bytes = read_file(file, tls_option::certificates);
    auto chain = parse_certificates(bytes, file, tls_option::certificates);
    auto key = key_file.empty() ? parse_key(bytes, file, true)
                                : parse_key(read_file(key_file, tls_option::keys), key_file, false);
    check_key(chain, key.get(), file, key_file);
    if (auto const weakness = weakness_of(key.get()); !weakness.empty())
        throw tls_error{tls_option::certificates, file.string() + ": " + weakness};
    check_order(chain, file);
    certificate made;
    made.file = file;
    made.offer = {names_of(chain[0].get()), EVP_PKEY_get_base_id(key.get())};
    made.validity = {time_of(X509_get0_notBefore(chain[0].get())), time_of(X509_get0_notAfter(chain[0].get()))};
    made.key = std::move(key);
    made.leaf = std::move(chain[0]);
    for (std::size_t i = 1; i < chain.size(); ++i)
        made.intermediates.push_back(std::move(chain[i]));
    return made;
}

std::vector<x509_ptr> read_authorities(fs::path const& file)
{
    auto authorities = parse_certificates(read_file(file, tls_option::client_ca), file, tls_option::client_ca);
    for (std::size_t i = 0; i < authorities.size(); ++i)
        if (X509_check_ca(authorities[i].get()) == 0)
            throw tls_error{tls_option::client_ca, file.string() + ": certificate " + std::to_string(i + 1) +
                                                       " is not that of an authority (CA:TRUE)"};
    return authorities;
}

}  // namespace tokend
