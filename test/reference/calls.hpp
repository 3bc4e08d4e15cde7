#pragma once

#include "admin/administered_tokend.hpp"
#include "reference/reference.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

// The token and the accessor that stand in the examples of the description for those of a running tokend.
inline constexpr std::string_view example_token = "4AD9C84FA60F9FE407140E20F707726A";
inline constexpr std::string_view example_accessor = "JMJHlQg93zQH4oxlO3y6Rg";

// A request to one method of the description.
struct call
{
    std::string verb;  // in upper case
    std::string target;
    std::string headers{};  // whole lines
    std::string body{};

    std::string text() const;
};

// The names of the examples of a method's body; one empty name if it has none.
std::vector<std::string> example_names(operation const& of);

// A call as the description shows it, with that example of the body, or the first one. It authenticates itself where
// the method needs a header for that.
call example_call(operation const& of, std::string_view example = {});
// The same with each parameter of the query and each header field that has an example.
call full_example_call(operation const& of, std::string_view example);

// `text` with this instead of the token and the accessor of the examples.
std::string with_token(std::string text, std::string_view token, std::string_view accessor = example_accessor);

// A tokend with listeners for all methods.
class complete_tokend
{
public:
    // `more` stands behind the configuration, and `arguments` override it.
    explicit complete_tokend(std::string const& more = {}, std::vector<std::string> arguments = {});

    administered_tokend& tokend() { return tokend_; }
    std::string const& address() const { return tokend_.address(); }
    // Where the method is served. Operators come by TCP, as bearer.
    std::string const& address_of(operation const& of) const;

    answer ask(operation const& of, call const& request) const
    {
        return tokend::test::ask(address_of(of), request.text());
    }

private:
    temporary_folder sockets_;
    std::string const metrics_ = "unix:" + (sockets_ / "metrics.sock").string();
    administered_tokend tokend_;
};

bool is_for_operators(operation const& of);  // it needs an operator

}  // namespace tokend::test
