#pragma once

#include <pthread.h>

#include <array>
#include <string>
#include <string_view>

namespace tokend::plugin::ldap {

// Sets the name that ps, top and a debugger show. The kernel keeps 15 bytes.
inline void name_this_thread(std::string_view name)
{
    ::pthread_setname_np(::pthread_self(), std::string{name.substr(0, 15)}.c_str());
}

// Gives another name to the threads that this thread starts in the scope: a thread inherits its parent's name.
class name_of_children
{
public:
    explicit name_of_children(std::string_view name)
    {
        ::pthread_getname_np(::pthread_self(), own_.data(), own_.size());
        name_this_thread(name);
    }
    ~name_of_children() { name_this_thread(own_.data()); }
    name_of_children(name_of_children const&) = delete;

private:
    std::array<char, 16> own_{};
};

}  // namespace tokend::plugin::ldap
