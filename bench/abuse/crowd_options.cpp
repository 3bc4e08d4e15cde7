#include "bench/abuse/crowd_options.hpp"

#include <boost/program_options.hpp>

#include <iostream>

namespace tokend::bench {

namespace po = boost::program_options;

po::options_description describe(crowd_options& to)
{
    po::options_description known{"Options"};
    known.add_options()("help", "lists the options");
    known.add_options()("port", po::value(&to.port)->required(), "of 127.0.0.1");
    known.add_options()("connections", po::value(&to.connections)->default_value(to.connections), "clients");
    known.add_options()("from", po::value(&to.from)->default_value(to.from), "the first address of the clients");
    known.add_options()("addresses", po::value(&to.addresses)->default_value(to.addresses),
                        "how many addresses the clients share, from that one on");
    return known;
}

bool read_options(int argc, char** argv, po::options_description const& known)
{
    po::variables_map given;
    po::store(po::parse_command_line(argc, argv, known), given);
    if (given.count("help") != 0)
    {
        std::cout << known;
        return false;
    }
    po::notify(given);
    if (given["addresses"].as<std::size_t>() == 0)
        throw po::error{"--addresses is 1 or more"};
    return true;
}

}  // namespace tokend::bench
