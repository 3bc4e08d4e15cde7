#pragma once

#include <cstdlib>
#include <string>

namespace tokend::test {

// A variable of the environment until it is destroyed. Not thread-safe.
class environment_variable
{
public:
    environment_variable(char const* name, std::string const& value) : name_{name} { ::setenv(name, value.c_str(), 1); }
    ~environment_variable() { ::unsetenv(name_); }
    environment_variable(environment_variable const&) = delete;

private:
    char const* const name_;
};

}  // namespace tokend::test
