#include "credential/plugin.hpp"

#include "base/text.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace tokend {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(fs::path const& file, std::string const& why)
{
    throw std::runtime_error{file.string() + ": " + why};
}

// A loaded plugin runs with all rights of tokend, so only root and tokend's own user may be able to change its file.
void require_protected(fs::path const& path)
{
    struct stat s
    {};
    if (::stat(path.c_str(), &s) != 0)
        fail(path, "cannot be read");
    if (s.st_uid != 0 && s.st_uid != ::geteuid())
        fail(path,
             "belongs to user " + std::to_string(s.st_uid) + "; only root and the user that tokend runs as may own it");
    if ((s.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        fail(path, "is writable by others; chmod go-w it");
}

std::string abi_of(tokend_plugin_descriptor const& d)
{
    return std::to_string(d.abi_major) + '.' + std::to_string(d.abi_minor);
}

void check_descriptor(fs::path const& file, tokend_plugin_descriptor const& d, std::string const& name)
{
    if (d.abi_major != TOKEND_ABI_MAJOR)
        fail(file, "is made for plugin ABI " + abi_of(d) + "; this tokend has " + std::to_string(TOKEND_ABI_MAJOR) +
                       '.' + std::to_string(TOKEND_ABI_MINOR));
    if (d.size < TOKEND_DESCRIPTOR_MIN_SIZE)
        fail(file, "its descriptor has " + std::to_string(d.size) + " bytes; ABI " + abi_of(d) + " needs at least " +
                       std::to_string(TOKEND_DESCRIPTOR_MIN_SIZE));
    if (d.name == nullptr || d.version == nullptr || d.create == nullptr || d.start == nullptr ||
        d.authenticate == nullptr || d.stop == nullptr || d.destroy == nullptr ||
        (d.options == nullptr && d.option_count != 0))
        fail(file, "its descriptor lacks a name, a version, or one of create, start, authenticate, stop, destroy");
    if (d.name != name)
        fail(file, "calls itself '" + std::string{d.name} + "'; name and file must agree");
    constexpr std::uint32_t known = TOKEND_KIND_PASSWORD | TOKEND_KIND_CODE | TOKEND_KIND_IDENTIFIER;
    if ((d.kinds & known) == 0)
        fail(file, "takes no kind of credentials");
}

}  // namespace

std::vector<std::string> list_plugins(fs::path const& directory)
{
    std::vector<std::string> names;
    std::error_code ignored;
    for (auto const& entry : fs::directory_iterator{directory, ignored})
        if (entry.path().extension() == ".so")
            names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

plugin_library plugin_library::load(fs::path const& directory, std::string const& name)
{
    auto const file = directory / (name + ".so");
    if (name.empty() || name.find_first_of("/\\") != name.npos || name.front() == '.')
        throw std::runtime_error{"'" + name + "' is no name of a plugin; write it without folder and .so"};
    if (!fs::exists(file))
    {
        auto const known = list_plugins(directory);
        fail(file,
             "no such plugin; " + (known.empty() ? "there is none in that folder" : "there are: " + join(known, ", ")));
    }
    require_protected(directory);
    require_protected(file);
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr)
        throw std::runtime_error{std::string{::dlerror()}};  // starts with the name of the file
    auto const* const descriptor = static_cast<tokend_plugin_descriptor const*>(::dlsym(library, "tokend_plugin"));
    if (descriptor == nullptr)
        fail(file, "is no tokend plugin: it exports no 'tokend_plugin'");
    check_descriptor(file, *descriptor, name);
    return plugin_library{descriptor};
}

}  // namespace tokend
