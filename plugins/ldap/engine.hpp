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

// libldap as a protocol engine: it encodes and decodes, and reads and writes memory instead of a socket.
// ldap_init_fd(3), with LDAP_PROTO_EXT.
namespace tokend::plugin::ldap {

// Before the first backend starts, by one thread: libldap makes its defaults. REQUIRES: the environment has LDAPNOINIT,
// else libldap takes them from ldap.conf, from ldaprc in the working folder and from other variables.
void prepare_libldap();

// The size of the LDAP message that begins here, RFC 4511 section 5.1; nothing if its head is not all there. Throws
// connection_lost if this is no LDAP message, or one of more than `most` bytes.
std::optional<std::size_t> message_size(std::string_view bytes, std::size_t most);

// What an LDAP message begins with, RFC 4511 section 4.1.1.
struct message_head
{
    int id = 0;
    ber_tag_t kind = 0;  // LDAP_RES_BIND, LDAP_RES_SEARCH_ENTRY and so on
};

// Throws connection_lost if the message has no such head. REQUIRES: it is as long as message_size() says.
message_head read_head(std::string_view whole_message);

struct free_message
{
    void operator()(LDAPMessage* m) const noexcept { ::ldap_msgfree(m); }
};
using message = std::unique_ptr<LDAPMessage, free_message>;

// One LDAP* over memory.
class engine
{
public:
    explicit engine(std::size_t max_pdu_bytes);
    ~engine();
    engine(engine const&) = delete;

    LDAP* handle() const noexcept { return ld_; }
    // A simple bind, with the password policy control. Gives libldap's result, and the message's id. The password is in
    // the output alone. REQUIRES: it is not empty.
    int bind(std::string const& dn, secret_bytes const& password, int& id);
    secret_bytes take_output() noexcept { return std::exchange(output_, {}); }  // what libldap has written
    // Decodes one whole message. Nothing for one that answers what was abandoned. Throws connection_lost if libldap
    // refuses it.
    message decode(std::string_view whole_message);

private:
    static int setup(Sockbuf_IO_Desc* io, void* self) noexcept;
    static int control(Sockbuf_IO_Desc* io, int option, void*) noexcept;
    static ber_slen_t read(Sockbuf_IO_Desc* io, void* to, ber_len_t size) noexcept;
    static ber_slen_t write(Sockbuf_IO_Desc* io, void* from, ber_len_t size) noexcept;

    int never_ready_;  // libldap wants a descriptor to poll; this one never has anything to say
    LDAP* ld_ = nullptr;
    std::string_view input_;
    secret_bytes output_;
};

}  // namespace tokend::plugin::ldap
