#include "ldap/engine.hpp"

#include "ldap/outage.hpp"

#include <openldap.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

namespace tokend::plugin::ldap {
namespace {

[[noreturn]] void no_message(std::string const& what) { throw connection_lost{"the server sent " + what}; }

// Returns where the content of an element of BER begins, after its tag and its length. REQUIRES: there are two bytes.
std::size_t content_at(std::string_view bytes)
{
    auto const length = static_cast<unsigned char>(bytes[1]);
    return 2 + (length < 0x80 ? 0U : length & 0x7fU);
}

// Returns the size of the element at the start of `bytes`, which has a tag of one byte; nothing if its head is
// incomplete. Throws connection_lost if it gives no length, or one of more than four bytes.
std::optional<std::size_t> element_size(std::string_view bytes)
{
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() < 2)
        return std::nullopt;
    auto const length_bytes = content_at(bytes) - 2;
    if (byte(1) == 0x80 || length_bytes > 4)
        no_message("a message of no or an absurd length");
    if (bytes.size() < 2 + length_bytes)
        return std::nullopt;
    std::size_t length = length_bytes == 0 ? byte(1) : 0;
    for (std::size_t i = 0; i < length_bytes; ++i)
        length = length << 8 | byte(2 + i);
    return 2 + length_bytes + length;
}

}  // namespace

void prepare_libldap()
{
    int version = 0;
    ::ldap_get_option(nullptr, LDAP_OPT_PROTOCOL_VERSION, &version);
}

std::optional<std::size_t> message_size(std::string_view bytes, std::size_t most)
{
    if (!bytes.empty() && bytes.front() != '\x30')
        no_message("something other than LDAP");
    auto const size = element_size(bytes);
    if (!size)
        return std::nullopt;
    auto const length = *size - content_at(bytes);
    if (length > most)
        no_message("a message of " + std::to_string(length) + " bytes, at most " + std::to_string(most) + " are taken");
    return size;
}

message_head read_head(std::string_view whole_message)
{
    auto rest = whole_message.substr(content_at(whole_message));
    if (rest.size() < 2 || rest.front() != static_cast<char>(LBER_INTEGER))
        no_message("a message without an id");
    auto const length = static_cast<unsigned char>(rest[1]);
    rest.remove_prefix(2);
    if (length == 0 || length > 4 || rest.size() <= length)
        no_message("a message with no good id, or without a type");
    std::uint32_t id = 0;
    for (char const c : rest.substr(0, length))
        id = id << 8 | static_cast<unsigned char>(c);
    auto const operation = rest.substr(length);
    auto const size = element_size(operation);
    if (!size || *size > operation.size())  // libldap would not free the request that it answers
        no_message("a message that is shorter than what it holds");
    return {static_cast<int>(id), static_cast<unsigned char>(operation.front())};
}

engine::engine(std::size_t max_pdu_bytes) : never_ready_{::eventfd(0, EFD_CLOEXEC)}
{
    static Sockbuf_IO memory{setup, [](Sockbuf_IO_Desc*) { return 0; }, control, read,
                             write, [](Sockbuf_IO_Desc*) { return 0; }};
    if (never_ready_ < 0 || ::ldap_init_fd(never_ready_, LDAP_PROTO_EXT, nullptr, &ld_) != LDAP_SUCCESS)
    {
        ::close(never_ready_);
        throw outage{std::string{"no LDAP handle: "} + std::strerror(errno)};
    }
    int const version = LDAP_VERSION3;
    int const never = LDAP_DEREF_NEVER;
    ::ldap_set_option(ld_, LDAP_OPT_PROTOCOL_VERSION, &version);
    ::ldap_set_option(ld_, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    ::ldap_set_option(ld_, LDAP_OPT_DEREF, &never);
    Sockbuf* socket = nullptr;
    ::ldap_get_option(ld_, LDAP_OPT_SOCKBUF, &socket);
    ber_len_t limit = max_pdu_bytes + 16;
    ::ber_sockbuf_ctrl(socket, LBER_SB_OPT_SET_MAX_INCOMING, &limit);
    ::ber_sockbuf_add_io(socket, &memory, LBER_SBIOD_LEVEL_PROVIDER, this);
}

engine::~engine()
{
    ::ldap_unbind_ext(ld_, nullptr, nullptr);  // writes a last message to output_, which is not sent
    ::close(never_ready_);
}

// libldap keeps a request until it is answered, and frees it without wiping it. So it gets NULs instead of the
// password, and the password replaces them in the output. Neither the DN nor the bytes after the password hold a NUL,
// so the last such run is the password's.
int engine::bind(std::string const& dn, secret_bytes const& password, int& id)
{
    std::string blank(password.size(), '\0');
    berval nothing{blank.size(), blank.data()};
    LDAPControl policy{const_cast<char*>(LDAP_CONTROL_PASSWORDPOLICYREQUEST), {0, nullptr}, 0};
    LDAPControl* controls[] = {&policy, nullptr};
    int const rc = ::ldap_sasl_bind(ld_, dn.c_str(), LDAP_SASL_SIMPLE, &nothing, controls, nullptr, &id);
    if (rc == LDAP_SUCCESS)
        std::copy(password.begin(), password.end(),
                  std::find_end(output_.begin(), output_.end(), blank.begin(), blank.end()));
    return rc;
}

message engine::decode(std::string_view whole_message)
{
    input_ = whole_message;
    LDAPMessage* found = nullptr;
    timeval at_once{0, 0};
    int const type = ::ldap_result(ld_, LDAP_RES_ANY, LDAP_MSG_ONE, &at_once, &found);
    message decoded{found};
    bool const is_read = std::exchange(input_, {}).empty();
    if (type < 0 || !is_read)
        no_message("a message that is no good LDAP");
    return decoded;
}

int engine::setup(Sockbuf_IO_Desc* io, void* self) noexcept
{
    io->sbiod_pvt = self;
    return 0;
}

int engine::control(Sockbuf_IO_Desc* io, int option, void*) noexcept
{
    return option == LBER_SB_OPT_DATA_READY && !static_cast<engine*>(io->sbiod_pvt)->input_.empty() ? 1 : 0;
}

ber_slen_t engine::read(Sockbuf_IO_Desc* io, void* to, ber_len_t size) noexcept
{
    auto& input = static_cast<engine*>(io->sbiod_pvt)->input_;
    auto const count = std::min<std::size_t>(size, input.size());
    if (count == 0)
    {
        errno = EWOULDBLOCK;
        return -1;
    }
    std::memcpy(to, input.data(), count);
    input.remove_prefix(count);
    return static_cast<ber_slen_t>(count);
}

ber_slen_t engine::write(Sockbuf_IO_Desc* io, void* from, ber_len_t size) noexcept
try
{
    auto& output = static_cast<engine*>(io->sbiod_pvt)->output_;
    auto const* bytes = static_cast<char const*>(from);
    output.insert(output.end(), bytes, bytes + size);
    return static_cast<ber_slen_t>(size);
}
catch (std::bad_alloc const&)
{
    errno = ENOMEM;
    return -1;
}

}  // namespace tokend::plugin::ldap
