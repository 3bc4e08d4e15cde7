#include "ldap/directory_rig.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

namespace tokend::test {

using namespace std::chrono_literals;

ldap_plugin::settings usual_settings(std::vector<std::string> const& uris)
{
    ldap_plugin::prepare_libldap();
    ldap_plugin::settings how;
    for (auto const& uri : uris.empty() ? std::vector{slapd::shared().plain_uri()} : uris)
        how.server.endpoints.push_back(
            ldap_plugin::parse_uri(uri, ldap_plugin::start_tls::off, ldap_plugin::plain_ldap::on_loopback));
    how.server.ca_file = slapd::shared().authority();
    how.server.bind_dn = service_dn;
    how.server.bind_password = ldap_plugin::make_secret(service_password);
    how.server.connect_timeout = 15s;
    how.server.operation_timeout = 15s;
    how.server.retry_first = 50ms;
    how.server.retry_last = 200ms;
    how.server.probe_interval = 200ms;
    how.user.base = people_base;
    how.user.filter = "(&(objectClass=person)(|(uid={username})(mail={username})))";
    how.unit.group_units = ldap_plugin::group_map{"north -> N; CN=South,OU=Groups,dc=example,dc=com -> S"};
    how.unit.units = {"fallback"};
    return how;
}

ldap_plugin::settings by_template(std::vector<std::string> const& uris)
{
    auto how = usual_settings(uris);
    how.user.mode = ldap_plugin::login_mode::dn_template;
    how.user.dn_template = "uid={username}," + std::string{people_base};
    return how;
}

ldap_plugin::settings impatient(ldap_plugin::settings how)
{
    how.server.connect_timeout = how.server.operation_timeout = patience * 500ms;
    return how;
}

directory_rig::directory_rig(ldap_plugin::settings how) : how_{std::move(how)}
{
    auto log = [this](ldap_plugin::severity, std::string_view text) {
        std::lock_guard const guard{mutex_};
        log_.append(text) += '\n';
    };
    directory_.emplace(loop_.get_executor(), how_, log);
    loop_.start();
    asio::post(loop_.get_executor(), [this] {
        lag_.watch();
        directory_->start();
    });
}

directory_rig::~directory_rig()
{
    loop_.stop([this] { directory_->stop(); });
    BOOST_TEST_MESSAGE("the loop was held for at most " << lag_.longest() / 1us << " us");
}

std::future<ldap_plugin::finding> directory_rig::begin(std::string_view name, std::string_view password,
                                                       std::chrono::milliseconds limit)
{
    auto question = directory_->log_in(std::string{name}, ldap_plugin::make_secret(password),
                                       ldap_plugin::now() + patience * limit);
    return asio::co_spawn(loop_.get_executor(), std::move(question), asio::use_future);
}

ldap_plugin::finding directory_rig::check_again(std::string_view username, std::string_view id)
{
    auto question =
        directory_->check_again(std::string{username}, std::string{id}, ldap_plugin::now() + patience * 60s);
    return asio::co_spawn(loop_.get_executor(), std::move(question), asio::use_future).get();
}

std::size_t directory_rig::waiting()
{
    std::promise<std::size_t> count;
    asio::post(loop_.get_executor(),
               [&] { count.set_value(directory_->binds().waiting() + directory_->searches().waiting()); });
    return count.get_future().get();
}

bool directory_rig::logs(std::string_view text) const
{
    return eventually([&] {
        std::lock_guard const guard{mutex_};
        return log_.find(text) != std::string::npos;
    });
}

}  // namespace tokend::test
