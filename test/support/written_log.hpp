#pragma once

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

namespace tokend::test {

// A log in a file without a name.
class written_log
{
public:
    int descriptor() const { return ::fileno(file_.get()); }
    std::string text() const
    {
        std::string bytes(1 << 20, '\0');
        bytes.resize(static_cast<std::size_t>(::pread(descriptor(), bytes.data(), bytes.size(), 0)));
        return bytes;
    }

private:
    struct closes
    {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, closes> file_{std::tmpfile()};
};

}  // namespace tokend::test
