#pragma once

#include <string>

// Fixed hashes of low cost.
namespace tokend::test {

// From the documentation of Apache httpd, "Password Formats": htpasswd -nbB, password "myPassword".
inline std::string const htpasswd_hash = "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC";
// Openwall's test vector of bcrypt, password "U*U".
inline std::string const bcrypt_a_hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
// From the specification of sha512crypt, password "Hello world!".
inline std::string const sha512_hash =
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1";
// Password "demo".
inline std::string const yescrypt_hash = "$y$j75$JpT94VnCgT0eA0Yw3j4t7/$ZK4C3.EKl0Ccpi9aGPCHwjmesmbD9Yll3hFXRSIn2ED";
// Has the shape of a hash, but needs a ROM, which libcrypt does not have: an attempt to hash with it is an error.
inline std::string const uncomputable_hash = "$y$j755.$abcd$" + std::string(43, '.');

}  // namespace tokend::test
