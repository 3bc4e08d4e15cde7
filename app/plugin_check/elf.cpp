#include "app/plugin_check/elf.hpp"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string_view>

namespace tokend {
namespace {

using header = ElfW(Ehdr);
using section = ElfW(Shdr);
using symbol = ElfW(Sym);

constexpr std::array<std::string_view, 5> of_linker{"_init", "_fini", "_edata", "_end", "__bss_start"};

bool is_of_tools(std::string_view name)
{
    return name.starts_with("__odr_asan") || std::ranges::find(of_linker, name) != of_linker.end();
}

class image
{
public:
    explicit image(std::filesystem::path const& file) : file_{file}
    {
        std::ifstream in{file, std::ios::binary};
        bytes_.assign(std::istreambuf_iterator<char>{in}, {});
        if (bytes_.size() < sizeof(header) || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0)
            fail("is no shared object");
    }

    std::vector<section> sections() const
    {
        auto const head = at<header>(0);
        std::vector<section> all;
        for (std::size_t i = 0; i < head.e_shnum; ++i)
            all.push_back(at<section>(head.e_shoff + i * head.e_shentsize));
        return all;
    }
    template <class T>
    T at(std::size_t offset) const
    {
        T value;
        if (offset > bytes_.size() || bytes_.size() - offset < sizeof value)
            fail("ends in the middle");
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }
    std::string text(std::size_t offset) const
    {
        auto const end = bytes_.find('\0', offset);
        if (end == bytes_.npos)
            fail("ends in the middle");
        return bytes_.substr(offset, end - offset);
    }
    [[noreturn]] void fail(char const* what) const { throw std::runtime_error{file_.string() + ": " + what}; }

private:
    std::filesystem::path const& file_;
    std::string bytes_;
};

}  // namespace

elf_symbols read_symbols(std::filesystem::path const& file)
{
    image const library{file};
    auto const sections = library.sections();
    auto const table = std::ranges::find(sections, ElfW(Word){SHT_DYNSYM}, &section::sh_type);
    if (table == sections.end() || table->sh_link >= sections.size())
        library.fail("has no table of dynamic symbols");
    elf_symbols found;
    for (std::size_t at = sizeof(symbol); at < table->sh_size; at += sizeof(symbol))  // the first one is empty
    {
        auto const one = library.at<symbol>(table->sh_offset + at);
        auto name = library.text(sections[table->sh_link].sh_offset + one.st_name);
        bool const is_hidden = (one.st_other & 3) == STV_HIDDEN || (one.st_other & 3) == STV_INTERNAL;
        if (one.st_shndx == SHN_UNDEF)
            found.needed.push_back(std::move(name));
        else if ((one.st_info >> 4) != STB_LOCAL && !is_hidden && !is_of_tools(name))
            found.exported.push_back(std::move(name));
    }
    std::ranges::sort(found.exported);
    return found;
}

}  // namespace tokend
