#include "tls/ticket_keys.hpp"

#include <openssl/rand.h>
#include <string.h>

#include <algorithm>
#include <stdexcept>

namespace tokend {
namespace {

template <std::size_t Size>
void fill(std::array<unsigned char, Size>& bytes)
{
    if (RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error{"no random bytes for the keys of session tickets"};
}

}  // namespace

ticket_keys::key::~key()
{
    ::explicit_bzero(cipher.data(), cipher.size());
    ::explicit_bzero(mac.data(), mac.size());
}

ticket_keys::key ticket_keys::current(time_point now)
{
    std::lock_guard const lock{mutex_};
    drop_old(now);
    if (keys_.empty() || now - keys_.back().since >= period)
    {
        key made;
        fill(made.name);
        fill(made.cipher);
        fill(made.mac);
        keys_.push_back({made, now});
    }
    return keys_.back().key;
}

std::optional<ticket_keys::key> ticket_keys::find(std::span<unsigned char const, 16> name, time_point now)
{
    std::lock_guard const lock{mutex_};
    drop_old(now);
    for (auto const& k : keys_)
        if (std::equal(name.begin(), name.end(), k.key.name.begin()))
            return k.key;
    return std::nullopt;
}

void ticket_keys::drop_old(time_point now)
{
    while (!keys_.empty() && now - keys_.front().since >= 2 * period)
        keys_.pop_front();
}

}  // namespace tokend
