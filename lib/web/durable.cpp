#include "web/durable.hpp"

#include "web/mailbox.hpp"
#include "web/worker_state.hpp"

#include <boost/asio/async_result.hpp>

#include <memory>
#include <utility>

namespace tokend {
namespace {

template <class Handler>
class suspended final : public mailbox_waiter
{
public:
    suspended(mailbox& home, Handler h) : mailbox_waiter{home}, handler_{std::move(h)} {}

private:
    void resume(bool done) override { handler_(done); }
    Handler handler_;
};

}  // namespace

task<bool> until_durable(worker_state& home, durability how)
{
    auto begin = [&file = *home.shared.file, how, &mail = home.returning](auto handler) {
        file.wait(how, std::make_unique<suspended<decltype(handler)>>(mail, std::move(handler)));
    };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<executor> const, void(bool)>(begin, use_task);
}

refusal not_durable() { return {.code = code::store_unavailable, .reason = "the tokens file cannot be written"}; }

}  // namespace tokend
