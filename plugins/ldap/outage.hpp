#pragma once

#include <stdexcept>

namespace tokend::plugin::ldap {

// The directory could not be asked: never a denial. what() is for the log.
class outage : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

// No answer in time. The server may have taken the question all the same: a bind is not to be repeated, it may count.
class timed_out : public outage
{
public:
    using outage::outage;
};

// The connection ended before the answer.
class connection_lost : public outage
{
public:
    using outage::outage;
};

}  // namespace tokend::plugin::ldap
