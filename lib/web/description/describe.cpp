// describe json|source|page ROOT.yaml OUTPUT: joins the description of the HTTP interface, and writes it as JSON, as a
// C++ source that defines api_description(), or as a page for people (Markdown). It runs when tokend is built.
#include "web/description/join.hpp"
#include "web/description/page.hpp"

#include <boost/json/serialize.hpp>

#include <sysexits.h>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tokend {
namespace {

// As numbers: a compiler need not take a literal of more than 65,536 characters.
std::string source_of(std::string_view text)
{
    std::string out{"// Made by describe.cpp.\n#include \"web/description/api_description.hpp\"\n\nnamespace tokend {\n"
                    "namespace {\n\nconstexpr char text[] = {"};
    for (std::size_t i = 0; i < text.size(); ++i)
        out.append(i % 24 == 0 ? "\n    " : " ").append(std::to_string(static_cast<int>(text[i]))).append(",");
    return out.append("};\n\n}  // namespace\n\n"
                      "std::string_view api_description() noexcept { return {text, sizeof text}; }\n\n"
                      "}  // namespace tokend\n");
}

std::string written_as(std::string_view form, boost::json::object const& description)
{
    if (form == "page")
        return page_of(description);
    auto const text = boost::json::serialize(description) + '\n';
    if (form == "source")
        return source_of(text);
    if (form != "json")
        throw std::invalid_argument{"the form is json, source or page"};
    return text;
}

}  // namespace
}  // namespace tokend

int main(int argc, char** argv)
{
    if (argc != 4)
    {
        std::cerr << "Usage: describe json|source|page ROOT.yaml OUTPUT\n";
        return EX_USAGE;
    }
    try
    {
        auto const text = tokend::written_as(argv[1], tokend::join_description(argv[2]));
        std::ofstream out{argv[3], std::ios::binary};
        if (!(out << text).flush())
            throw std::runtime_error{std::string{argv[3]} + ": cannot be written"};
    }
    catch (std::exception const& e)
    {
        std::cerr << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
