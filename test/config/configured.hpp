#pragma once

#include "app/tokend/config/load.hpp"
#include "support/temporary_folder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// A folder with a configuration file, laid out as tokend expects it.
class configured
{
public:
    explicit configured(std::string_view text);

    // Writes another file, conf.d/NAME.
    void add(std::string_view name, std::string_view text);

    std::filesystem::path file() const { return folder_ / "t.conf"; }
    std::filesystem::path folder() const { return folder_.path(); }

    configuration load(std::vector<std::string> const& arguments = {}, backend_check const& check = {}) const;

    // Returns the errors of load() without the folder's name: "t.conf:1: ...". Empty if it loads.
    std::vector<std::string> mistakes(std::vector<std::string> const& arguments = {},
                                      backend_check const& check = {}) const;

private:
    temporary_folder folder_;
};

command_line parse(std::vector<std::string> const& arguments);

}  // namespace tokend::test
