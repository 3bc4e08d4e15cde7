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

// `begin_wait` takes a waiter, and has it notified once.
template <class Begin>
task<bool> until(mailbox& mail, Begin begin_wait)
{
    auto begin = [&mail, begin_wait](auto handler) {
        begin_wait(std::make_unique<suspended<decltype(handler)>>(mail, std::move(handler)));
    };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<executor> const, void(bool)>(begin, use_task);
}

}  // namespace

task<bool> until_durable(worker_state& home, durability how)
{
    return until(home.returning, [&file = *home.shared.file, how](auto waiter) { file.wait(how, std::move(waiter)); });
}

refusal not_durable() { return {.code = code::store_unavailable, .reason = "the tokens file cannot be written"}; }

task<bool> until_recorded(worker_state& home, audit_record const& record)
{
    auto const write = [&audit = *home.shared.audit, &record](auto waiter) { audit.write(record, std::move(waiter)); };
    return until(home.returning, write);
}

refusal not_recorded() { return {.code = code::store_unavailable, .reason = "the audit log cannot be written"}; }

}  // namespace tokend
