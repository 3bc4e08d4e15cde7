#include "app/tokend/certificate_watch.hpp"

#include "base/insist.hpp"

#include <chrono>
#include <new>
#include <utility>

namespace tokend {

certificate_watch::certificate_watch(asio::io_context& loop, clock const& now, logger& log, std::function<void()> renew)
    : clock_{now}, log_{log}, renew_{std::move(renew)}, timer_{loop.get_executor()}, files_timer_{loop.get_executor()}
{}

void certificate_watch::use(std::vector<std::shared_ptr<tls_context const>> contexts, file_changes files)
{
    contexts_ = std::move(contexts);
    files_ = std::move(files);
    timer_.cancel();
    files_timer_.cancel();
    if (contexts_.empty())
        return;
    wait();
    wait_for_files();
    look();
}

// Without memory a warning is left out until the next day.
void certificate_watch::look() noexcept
try
{
    std::vector<certificate_summary> all;
    for (auto const& context : contexts_)
        all.insert(all.end(), context->certificates().begin(), context->certificates().end());
    for (auto const& warning : watch_.look(all, whole_seconds(clock_.now())))
        log_.warning(warning);
}
catch (std::bad_alloc const&)
{}

void certificate_watch::wait()
{
    timer_.expires_after(std::chrono::hours{24});
    auto over = [this](boost::system::error_code const& ec) {
        if (ec)
            return;
        wait();
        look();
    };
    insist([&] { timer_.async_wait(over); });
}

void certificate_watch::wait_for_files()
{
    files_timer_.expires_after(std::chrono::seconds{2});
    auto over = [this](boost::system::error_code const& ec) {
        if (ec)
            return;
        wait_for_files();
        if (files_.look())
            renew_();
    };
    insist([&] { files_timer_.async_wait(over); });
}

}  // namespace tokend
