#include "web/durable.hpp"

#include "web/mailbox.hpp"
#include "web/worker_state.hpp"

#include <boost/asio/async_result.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace tokend {
namespace {

class suspended final : public mailbox_waiter
{
public:
    using waiter = asio::async_result<asio::use_awaitable_t<executor>, void(bool)>::handler_type;

    using mailbox_waiter::mailbox_waiter;
    void keep(waiter w) { waiting_.emplace(std::move(w)); }

private:
    void resume(bool done) override { std::move (*waiting_)(done); }
    std::optional<waiter> waiting_;
};

// `begin_wait` takes a waiter, and has it notified once.
template <class Begin>
task<bool> until(mailbox& mail, Begin begin_wait)
{
    // Made before the coroutine is suspended: without memory it goes on with an exception.
    auto place = std::make_unique<suspended>(mail);
    auto begin = [begin_wait, place = std::move(place)](suspended::waiter w) mutable {
        place->keep(std::move(w));
        begin_wait(std::move(place));
    };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<executor> const, void(bool)>(std::move(begin),
                                                                                               use_task);
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
