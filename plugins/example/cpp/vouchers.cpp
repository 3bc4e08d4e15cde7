// Lets everybody in who has a voucher: lines of a code and a name in a file, which may change at any time. A plugin for
// more than parties would keep digests of the codes.
#include <tokend/plugin.hpp>
#include <tokend/protection.hpp>
#include <tokend/watcher.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

using namespace tokend::plugin;

namespace {

constexpr std::array<tokend_option, 2> my_options{{
    {"vouchers", TOKEND_OPTION_PATH, 1, nullptr, "file of lines of a code and a name"},
    {"unit", TOKEND_OPTION_TEXT, 0, "guests", "the unit of all guests"},
}};

using name_by_code = std::map<std::string, std::string, std::less<>>;

name_by_code read(std::string const& path, bool any_mode)
{
    if (auto const mistake = loose_mode(path, secrecy::secret); !any_mode && !mistake.empty())
        throw std::runtime_error{mistake};
    std::ifstream in{path};
    name_by_code names;
    for (std::string code, name; in >> code >> name;)
        names[code] = name;
    if (!in.eof())
        throw std::runtime_error{path + ": cannot be read"};
    return names;
}

class voucher_backend
{
public:
    voucher_backend(options const& given, host to)  // an exception refuses the options
        : host_{to},
          path_{given.text("vouchers")},
          unit_{given.text("unit")},
          names_{read(path_, to.allows_loose_modes())}
    {}

    void start()
    {
        watcher_calls calls{[this] { return look(); },
                            [this](std::string const& why) { host_.log(TOKEND_LOG_WARNING, why); }};
        watcher_.emplace(path_, std::chrono::seconds{1}, std::move(calls));
    }
    void stop() { watcher_.reset(); }

    void reload()
    {
        auto fresh = read(path_, host_.allows_loose_modes());
        {
            std::lock_guard const lock{mutex_};
            if (fresh == names_)
                return;
            names_.swap(fresh);
        }
        host_.changed();  // the tokens of guests who are no longer there end now
    }

    void authenticate(question const& asked, tokend_ticket ticket)
    {
        if (asked.time_left() <= std::chrono::nanoseconds::zero())
            return host_.refuse(ticket, TOKEND_UNAVAILABLE, "too late");
        std::unique_lock lock{mutex_};
        auto const found = names_.find(asked.secret);
        auto const name = found != names_.end() ? std::optional{found->second} : std::nullopt;
        lock.unlock();
        answer(ticket, name);
    }

    void recheck(subject const& who, tokend_ticket ticket)
    {
        std::unique_lock lock{mutex_};
        bool const is_there =
            std::any_of(names_.begin(), names_.end(), [&](auto const& one) { return one.second == who.username; });
        lock.unlock();
        answer(ticket, is_there ? std::optional{std::string{who.username}} : std::nullopt);
    }

private:
    void answer(tokend_ticket ticket, std::optional<std::string> const& name) const
    {
        if (name)
            host_.accept(ticket, {.username = *name, .units = {unit_}, .default_unit = unit_});
        else
            host_.refuse(ticket, TOKEND_NO_SUCH_USER, "no such voucher");
    }

    // On the watcher's thread. What was read before stays in force.
    next_look look()
    try
    {
        reload();
        return next_look::on_change;
    }
    catch (std::exception const& e)
    {
        host_.log(TOKEND_LOG_ERROR, e.what());
        return next_look::in_a_second;
    }

    host const host_;
    std::string const path_;
    std::string const unit_;
    std::mutex mutex_;  // guards names_
    name_by_code names_;
    std::optional<watcher> watcher_;  // last: its thread uses the members above
};

}  // namespace

TOKEND_PLUGIN(voucher_backend, {.name = "vouchers", .version = "1.0", .kinds = kind::code, .options = my_options})
