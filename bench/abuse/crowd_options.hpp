#pragma once

#include <boost/program_options/options_description.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace tokend::bench {

// Clients of one kind, and the port of 127.0.0.1 that they connect to.
struct crowd_options
{
    std::uint16_t port = 0;
    std::size_t connections = 1;
    std::string from = "127.0.0.1";  // the first of their addresses
    std::size_t addresses = 1;
};

// The options that set `to`. REQUIRES: `to` outlives them.
boost::program_options::options_description describe(crowd_options& to);

// Sets what the command line gives. Returns false if it asks for --help, which is printed. Throws std::exception if an
// option is unknown, wrong or missing.
bool read_options(int argc, char** argv, boost::program_options::options_description const& known);

}  // namespace tokend::bench
