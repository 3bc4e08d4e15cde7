#include "app/tokend/request_sampler.hpp"

#include "base/insist.hpp"
#include "web/methods/request_totals.hpp"

#include <chrono>

namespace tokend {

void request_sampler::start()
{
    sample();
    wait();
}

void request_sampler::sample()
{
    services_.history.add(whole_seconds(services_.clock.now()), total_requests(services_));
}

// Until the next whole second, so that no second is left out when the loop is late.
void request_sampler::wait()
{
    auto const now = services_.clock.now();
    timer_.expires_after(whole_seconds(now) + std::chrono::seconds{1} - now);
    auto over = [this](boost::system::error_code const& ec) {
        if (ec)
            return;
        wait();
        sample();
    };
    insist([&] { timer_.async_wait(over); });
}

}  // namespace tokend
