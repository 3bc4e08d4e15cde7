#include "support/temporary_folder.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <system_error>

namespace tokend::test {

temporary_folder::temporary_folder()
{
    auto name = (std::filesystem::temp_directory_path() / "tokend-test-XXXXXX").string();
    if (!::mkdtemp(name.data()))
        throw std::system_error{errno, std::generic_category(), "mkdtemp " + name};
    path_ = name;
}

temporary_folder::~temporary_folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path temporary_folder::write(std::string_view name, std::string_view text) const
{
    auto const target = path_ / name;
    auto const draft = path_ / (std::string{name} + ".new");
    {
        std::ofstream out{draft, std::ios::binary};
        out.exceptions(std::ios::failbit | std::ios::badbit);
        out << text << std::flush;
    }
    ::chmod(draft.c_str(), S_IRUSR | S_IWUSR);
    std::filesystem::rename(draft, target);
    return target;
}

}  // namespace tokend::test
