#pragma once

#include <string>
#include <vector>

namespace tokend::test {

// A message, or several in a row, that look odd and must be accepted: the status of each answer in order, and whether
// the connection then stays open.
struct odd_message
{
    std::string name;
    std::string bytes;
    std::vector<int> statuses = {200};
    bool stays_open = true;
};

std::vector<odd_message> odd_request_lines();
std::vector<odd_message> odd_headers();
std::vector<odd_message> odd_bodies();  // all of them ask whether an unknown token is valid
std::vector<odd_message> odd_versions();

}  // namespace tokend::test
