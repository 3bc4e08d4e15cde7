#include "upkeep/session_slices.hpp"

#include "base/small_share.hpp"

namespace tokend {
namespace {

constexpr std::size_t slice = 100;  // tokens: some tenths of a millisecond

}  // namespace

task<std::size_t> release_in_slices(sessions& kept, clock const& now, session_choice which,
                                    std::unique_ptr<accessor_text> but, token_end why)
{
    small_share share;
    std::size_t released = 0;
    for (;;)
    {
        auto const some = kept.release_all(which, now.now(), but.get(), slice, why);
        released += some;
        if (some < slice)
            co_return released;
        co_await share.step_back();
    }
}

task<rights_change> grant_in_slices(sessions& kept, clock const& now, session_owner owner, granted_rights rights)
{
    small_share share;
    rights_change sum;
    while (!kept.grant_some(owner, rights, now.now(), slice, sum))
        co_await share.step_back();
    co_return sum;
}

task<void> complete_in_slices(session_page& page)
{
    small_share share;
    while (page.look(slice))
        co_await share.step_back();
}

}  // namespace tokend
