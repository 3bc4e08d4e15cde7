#include "web/worker_state.hpp"

#include "base/text.hpp"

#include <charconv>
#include <utility>

namespace tokend {
namespace {

// Eight random characters (the worker's number if the kernel has no randomness), a dash, and a counter of fifteen
// digits.
worker_state::request_id_text first_request_id(entropy& random, std::size_t number)
{
    worker_state::request_id_text id;
    id.fill('0');
    std::array<unsigned char, 6> bytes{};
    if (random.draw(bytes))
        write_base64url(bytes, id.data());
    else
        std::to_chars(id.data(), id.data() + 8, number);
    id[8] = '-';
    return id;
}

}  // namespace

worker_state::worker_state(services& for_all, std::shared_ptr<setup const> first, asio::io_context& loop, mailbox& mail,
                           std::size_t number)
    : shared{for_all},
      config{std::move(first)},
      limits{config->http.limits},
      returning{mail},
      scratch{config->http},
      checks{for_all, loop},
      last_id_{first_request_id(random, number)}
{
    for_all.metrics.push_back(&metrics);
    read_clock();
}

void worker_state::read_clock() noexcept
{
    now_ = shared.clock.now();
    steady_now_ = std::chrono::steady_clock::now();
    if (auto const second = whole_seconds(now_); second != second_of_lines_)
    {
        second_of_lines_ = second;
        common_lines_ = common_lines{second};
    }
}

worker_state::request_id_text const& worker_state::make_request_id() noexcept
{
    auto digit = last_id_.rbegin();
    for (; *digit == '9'; ++digit)
        *digit = '0';
    ++*digit;
    return last_id_;
}

}  // namespace tokend
