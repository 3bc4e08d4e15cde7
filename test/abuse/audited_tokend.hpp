#pragma once

#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// The lines of an audit file. Checks that each is one object of JSON that a terminal shows unchanged. While tokend
// runs, a line may be there in part.
std::vector<boost::json::object> audit_records(std::filesystem::path const& file);
// The same after tokend has ended.
std::vector<boost::json::object> final_audit_records(std::filesystem::path const& file);

// A member of a record as text; empty if it is not there.
std::string member(boost::json::object const& record, std::string_view name);

// A tokend with the demonstration's users, in a folder of its own, that keeps its audit log there. Two failed logins
// lock a name of ACME out.
class audited_tokend
{
public:
    // `on_failure` is drop or refuse. `more` stands behind the configuration that this object writes, and `secrets` are
    // files beside it, by name.
    explicit audited_tokend(std::string_view on_failure, std::vector<std::string> arguments = {},
                            std::string const& more = {}, std::map<std::string, std::string> const& secrets = {});

    static std::string sections(std::string_view more = {});  // backends and organisations, and `more` behind them
    void configure(std::string const& sections) const;        // replaces them

    daemon_process& daemon() { return *daemon_; }
    std::string const& address() const { return daemon_->address(); }
    void restart();  // in order

    temporary_folder const& folder() const noexcept { return folder_; }
    std::filesystem::path file() const { return folder_ / "audit.log"; }
    // Stops tokend and returns all records.
    std::vector<boost::json::object> stop()
    {
        daemon_->stop();
        return final_audit_records(file());
    }
    // The records with that event, once there are as many.
    std::vector<boost::json::object> await(std::string_view event, std::size_t count) const;

private:
    temporary_folder folder_;
    daemon_options options_;
    std::optional<daemon_process> daemon_;
    std::string const audit_;  // the section [audit]
};

}  // namespace tokend::test
