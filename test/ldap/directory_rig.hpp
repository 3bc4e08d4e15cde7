#pragma once

#include "ldap/directory.hpp"
#include "ldap/lag_gauge.hpp"
#include "ldap/loop.hpp"
#include "ldap/slapd.hpp"
#include "support/patience.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <mutex>
#include <string>
#include <vector>

namespace tokend::test {

namespace ldap = plugin::ldap;
namespace asio = boost::asio;

// Settings for the shared slapd: search mode, short pauses between attempts, and long time-outs.
ldap::settings usual_settings(std::vector<std::string> const& uris = {});

// The same in template mode: the DN is made from the user's name, so the bind comes first.
ldap::settings by_template(std::vector<std::string> const& uris = {});

// Settings for tests in which a server does not answer: time-outs of half a second, in which a good server may be late,
// too.
ldap::settings impatient(ldap::settings how);

// A directory on its loop, as in the plugin, with functions that wait for the answer.
class directory_rig
{
public:
    explicit directory_rig(ldap::settings how);
    ~directory_rig();

    std::future<ldap::finding> begin(std::string_view name, std::string_view password,
                                     std::chrono::milliseconds limit = std::chrono::seconds{60});
    ldap::finding log_in(std::string_view name, std::string_view password) { return begin(name, password).get(); }
    ldap::finding log_in(std::string_view name) { return log_in(name, password_of(name)); }
    ldap::finding check_again(std::string_view username, std::string_view id);

    std::size_t waiting();  // the number of binds and searches that wait
    bool logs(std::string_view text) const;
    std::string trouble() const { return directory_->trouble(); }
    ldap::directory& directory() noexcept { return *directory_; }
    ldap::executor get_executor() noexcept { return loop_.get_executor(); }

private:
    ldap::settings const how_;
    lag_gauge lag_{{}};
    ldap::loop loop_;
    mutable std::mutex mutex_;
    std::string log_;  // guarded by mutex_
    std::optional<ldap::directory> directory_;
};

}  // namespace tokend::test
