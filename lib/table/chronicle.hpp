#pragma once

#include "table/key.hpp"
#include "table/record_serial.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace tokend {

// A principal, or the address of a client, that a token names.
struct chronicle_record
{
    record_serial* serial = nullptr;  // null: there is no such record
    std::span<char const> bytes{};
};

struct chronicle_issue
{
    token_key key;
    std::chrono::sys_seconds issued;
    std::chrono::sys_seconds expires;
    chronicle_record principal;
    chronicle_record address;  // empty: unknown
};

// What became of an issue.
enum class chronicle_result
{
    done,
    full,       // there is no room now
    unwritable  // nothing can be added
};

// Receives a report of each issue, touch and release of a token as it happens. The tokens file implements it today.
//
// The order of the calls is the contract. The proof that the tokens file is right (lib/journal/README.md, points 1 to
// 4) rests on it:
//   1  add_issue comes before the token can be found, under the lock of its owner. If it returns `done`, the token is
//      published before the lock is released, or add_end has come. Otherwise the token is not issued.
//   2  add_end comes after the token has left the table, before its slot is free. So it follows add_issue of its key.
//   3  add_touch comes after the later end can be seen. Two touches of a token may come in either order, and a touch
//      may come after the end. So the latest end counts, and a key that has ended stays ended.
//   4  add_replacement comes before the first token gets the new principal, under the lock of their owner. Nothing is
//      reported for each token.
//   5  Expiry is not reported: the issue and the touches of a token contain it.
//   6  A change is reported before the call that makes it returns.
//
// A record has a serial number that no other record of its kind has. If serial.is_recorded() is false, the chronicle
// keeps the bytes before the issue that names them, and then calls serial.set_recorded(). So an issue never precedes
// the bytes that it names. Two threads may report the same address at the same time; both then keep its bytes. Bytes
// that are reported again under a serial replace the earlier ones.
//
// An implementation must be thread-safe, brief because locks are held, and must not call the table.
class chronicle
{
public:
    [[nodiscard]] virtual chronicle_result add_issue(chronicle_issue const& issue) noexcept = 0;
    virtual void add_touch(token_key key, std::chrono::sys_seconds used, std::chrono::sys_seconds expires) noexcept = 0;
    virtual void add_end(token_key key) noexcept = 0;

    // Tokens of the record with the serial `old` are about to get this principal. From now on both serials name it.
    virtual void add_replacement(std::uint64_t old, chronicle_record const& principal) noexcept = 0;

protected:
    ~chronicle() = default;
};

}  // namespace tokend
