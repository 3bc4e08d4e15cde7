#pragma once

#include <stdexcept>

namespace tokend::plugin::ldap {

// The directory could not be asked: an outage, never a denial. what() is for the log. Outages are exceptions in this
// plugin, where lib has result<T>: they may occur in every step of a login, and the login as a whole handles them once.
class outage : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

// No answer in time. The server may have received the request all the same, so a bind is not repeated: it may count as
// a failed attempt.
class timed_out : public outage
{
public:
    using outage::outage;
};

// The connection ended before the answer came.
class connection_lost : public outage
{
public:
    using outage::outage;
};

}  // namespace tokend::plugin::ldap
