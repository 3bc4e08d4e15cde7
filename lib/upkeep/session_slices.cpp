#include "upkeep/session_slices.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace tokend {
namespace {

constexpr std::size_t slice = 1000;  // tokens: less than a millisecond

}  // namespace

task<void> let_others_run()
{
    auto const loop = co_await asio::this_coro::executor;
    co_await asio::post(loop, use_task);
}

task<std::size_t> release_in_slices(sessions& kept, clock const& now, session_choice which,
                                    std::unique_ptr<accessor_text> but)
{
    std::size_t released = 0;
    for (;;)
    {
        auto const some = kept.release_all(which, now.now(), but.get(), slice);
        released += some;
        if (some < slice)
            co_return released;
        co_await let_others_run();
    }
}

task<rights_change> grant_in_slices(sessions& kept, clock const& now, session_owner owner, granted_rights rights)
{
    rights_change sum;
    while (!kept.grant_some(owner, rights, now.now(), slice, sum))
        co_await let_others_run();
    co_return sum;
}

task<void> complete_in_slices(session_page& page)
{
    while (page.look(slice))
        co_await let_others_run();
}

}  // namespace tokend
