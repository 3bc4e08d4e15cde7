#pragma once

#include "ldap/secret.hpp"

#include <ldap.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// libldap as a protocol engine: it encodes and decodes messages, and reads and writes memory instead of a socket. See
// ldap_init_fd(3) with LDAP_PROTO_EXT.
namespace tokend::plugin::ldap {

// Has libldap set its defaults. One thread calls it, before the first backend starts. REQUIRES: LDAPNOINIT is in the
// environment, else libldap reads ldap.conf, ldaprc in the working folder, and other variables.
void prepare_libldap();

// Returns the size of the LDAP message at the start of `bytes`, RFC 4511 section 5.1; nothing if its head is
// incomplete. Throws connection_lost if this is not an LDAP message, or one of more than `most` bytes.
[[nodiscard]] std::optional<std::size_t> message_size(std::string_view bytes, std::size_t most);

// The beginning of an LDAP message, RFC 4511 section 4.1.1.
struct message_head
{
    int id = 0;
    ber_tag_t kind = 0;  // LDAP_RES_BIND, LDAP_RES_SEARCH_ENTRY and so on
};

// Throws connection_lost if the head is malformed. REQUIRES: the message is complete by message_size().
[[nodiscard]] message_head read_head(std::string_view whole_message);

struct free_message
{
    void operator()(LDAPMessage* m) const noexcept { ::ldap_msgfree(m); }
};
using message = std::unique_ptr<LDAPMessage, free_message>;

// An LDAP handle over memory.
class engine
{
public:
    explicit engine(std::size_t max_pdu_bytes);
    ~engine();
    engine(engine const&) = delete;

    LDAP* handle() const noexcept { return ld_; }
    // Encodes a simple bind with the password policy control. Returns libldap's result and, in `id`, the message's id.
    // The password is in the output only. REQUIRES: it is not empty.
    [[nodiscard]] int bind(std::string const& dn, secret_bytes const& password, int& id);
    [[nodiscard]] secret_bytes take_output() noexcept
    {
        return std::exchange(output_, {});
    }  // the bytes that libldap has written
    // Decodes one whole message. Returns null for the answer to an abandoned request. Throws connection_lost if libldap
    // refuses the message.
    [[nodiscard]] message decode(std::string_view whole_message);

private:
    static int setup(Sockbuf_IO_Desc* io, void* self) noexcept;
    static int control(Sockbuf_IO_Desc* io, int option, void*) noexcept;
    static ber_slen_t read(Sockbuf_IO_Desc* io, void* to, ber_len_t size) noexcept;
    static ber_slen_t write(Sockbuf_IO_Desc* io, void* from, ber_len_t size) noexcept;

    int never_ready_;  // libldap needs a descriptor to poll; this one is never readable
    LDAP* ld_ = nullptr;
    std::string_view input_;
    secret_bytes output_;
};

}  // namespace tokend::plugin::ldap
