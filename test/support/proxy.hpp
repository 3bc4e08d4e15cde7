#pragma once

#include "support/process.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Real proxies, from the packages of the system, in front of a tokend of the tests.
namespace tokend::test {

enum class proxy_kind
{
    nginx,
    haproxy,
    caddy,
    apache
};

inline constexpr std::array proxy_kinds{proxy_kind::nginx, proxy_kind::haproxy, proxy_kind::caddy, proxy_kind::apache};

std::string_view name_of(proxy_kind kind);

// The files that a kind of proxy needs; the names of the missing ones' packages, none if all are there.
std::vector<std::string> missing_packages(proxy_kind kind);

// A running proxy. The constructor returns when it accepts connections on all of its ports, and throws its log if it
// does not.
class proxy_process
{
public:
    // Writes the configuration for these ports into the folder and returns the path of its main file. It is called
    // again with other ports if somebody else has taken one of them meanwhile. nginx: the contents of its `http` block.
    // Apache: modules are loaded, and the main file has only to say where to listen and what to serve.
    using write_configuration =
        std::function<std::filesystem::path(temporary_folder const&, std::vector<std::string> const& ports)>;

    proxy_process(proxy_kind kind, std::size_t ports, write_configuration const& write);
    ~proxy_process();  // ends it in order

    std::string address(std::size_t port = 0) const { return "127.0.0.1:" + ports_.at(port); }
    std::string log() const;

private:
    bool comes_up();

    temporary_folder folder_;
    std::vector<std::string> ports_;
    std::unique_ptr<process> process_;
};

}  // namespace tokend::test
