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

namespace ldap_plugin = plugin::ldap;
namespace asio = boost::asio;

// Settings for the shared slapd: search mode, short pauses between attempts, and long time-outs.
ldap_plugin::settings usual_settings(std::vector<std::string> const& uris = {});

// The same in template mode: the DN is made from the user's name, so the bind comes first.
ldap_plugin::settings by_template(std::vector<std::string> const& uris = {});

// Settings for tests in which a server does not answer: time-outs of half a second, in which a good server may be late,
// too.
ldap_plugin::settings impatient(ldap_plugin::settings how);

// A directory on its loop, as in the plugin, with functions that wait for the answer.
class directory_rig
{
public:
    explicit directory_rig(ldap_plugin::settings how);
    ~directory_rig();

    std::future<ldap_plugin::finding> begin(std::string_view name, std::string_view password,
                                            std::chrono::milliseconds limit = std::chrono::seconds{60});
    ldap_plugin::finding log_in(std::string_view name, std::string_view password)
    {
        return begin(name, password).get();
    }
    ldap_plugin::finding log_in(std::string_view name) { return log_in(name, password_of(name)); }
    ldap_plugin::finding check_again(std::string_view username, std::string_view id);

    std::size_t waiting();  // the number of binds and searches that wait
    bool logs(std::string_view text) const;
    std::string trouble() const { return directory_->trouble(); }
    ldap_plugin::directory& directory() noexcept { return *directory_; }
    ldap_plugin::executor get_executor() noexcept { return loop_.get_executor(); }

private:
    ldap_plugin::settings const how_;
    lag_gauge lag_{{}};
    ldap_plugin::loop loop_;
    mutable std::mutex mutex_;
    std::string log_;  // guarded by mutex_
    std::optional<ldap_plugin::directory> directory_;
};

}  // namespace tokend::test
