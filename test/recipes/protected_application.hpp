#pragma once

#include "recipes/application.hpp"
#include "recipes/browser.hpp"
#include "support/daemon.hpp"
#include "support/proxy.hpp"
#include "support/proxy_of_run.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// A real tokend, an application, and a proxy between clients and these with the files of etc/recipes: only ports,
// paths and the addresses of tokend and the application are other ones.
class protected_application
{
public:
    static constexpr std::string_view many_groups_user = "collector";  // of ACME, with the password of its others

    protected_application();

    application& app() noexcept { return application_; }
    daemon_process& tokend() noexcept { return tokend_; }
    std::string address() const { return proxy_.address(); }
    std::string proxy_log() const { return proxy_.log(); }

    // Logs in at tokend and returns the token: of a member of the group `admins`, and of somebody who is not.
    std::string token_of_admin() const;
    std::string token_of_other() const;
    std::string token_of(std::string_view login) const;

    // Sends a request on a connection of its own. `headers` are whole lines with their line ends, besides Host.
    received_response ask(std::string_view verb, std::string_view target, std::string_view headers = {},
                          std::string_view body = {}) const;
    received_response get(std::string_view target, std::string_view headers = {}) const;

    // Checks that nothing has reached the application.
    void check_untouched();
    // Returns the only request that has reached the application since the last call.
    received_request only_received();

    // Checks the response and the request that reached the application.
    received_request check_allowed(received_response const& response);
    void check_refused(received_response const& response, unsigned status);

private:
    std::filesystem::path write_tokend() const;
    std::filesystem::path write_proxy(temporary_folder const& folder, std::vector<std::string> const& ports) const;

    application application_;
    temporary_folder folder_;
    daemon_process tokend_;
    proxy_process proxy_;
};

std::string request_text(std::string_view verb, std::string_view target, std::string_view headers,
                         std::string_view body = {});

}  // namespace tokend::test
