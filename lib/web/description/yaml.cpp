#include "web/description/yaml.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace tokend {
namespace {

namespace json = boost::json;

class reader
{
public:
    explicit reader(std::filesystem::path const& file) : file_{file.string()} {}

    json::value read() const
    {
        try
        {
            return convert(YAML::LoadFile(file_));
        }
        catch (YAML::Exception const& e)
        {
            throw std::runtime_error{place(e.mark) + e.msg};
        }
    }

private:
    std::string place(YAML::Mark const& at) const { return file_ + ':' + std::to_string(at.line + 1) + ": "; }

    json::value convert(YAML::Node const& node) const
    {
        if (node.IsSequence())
        {
            json::array list;
            for (auto const& item : node)
                list.push_back(convert(item));
            return list;
        }
        return node.IsMap() ? convert_map(node) : node.IsScalar() ? convert_scalar(node) : json::value{};
    }

    json::value convert_map(YAML::Node const& node) const
    {
        json::object object;
        for (auto const& item : node)
            if (!object.emplace(item.first.Scalar(), convert(item.second)).second)
                throw std::runtime_error{place(item.first.Mark()) + "'" + item.first.Scalar() + "' comes twice"};
        return object;
    }

    json::value convert_scalar(YAML::Node const& node) const
    {
        auto const& text = node.Scalar();
        bool const is_quoted = node.Tag() == "!";
        if (is_quoted)
            return json::string{text};
        if (text == "true" || text == "false")
            return text == "true";
        std::int64_t number = 0;
        auto const* const end = text.data() + text.size();
        if (std::from_chars(text.data(), end, number).ptr == end)
            return number;
        double fraction = 0;
        if (std::from_chars(text.data(), end, fraction).ptr == end)
            throw std::runtime_error{place(node.Mark()) + "quote '" + text + "', or write an integer"};
        return json::string{text};
    }

    std::string file_;
};

}  // namespace

json::value read_yaml(std::filesystem::path const& file) { return reader{file}.read(); }

}  // namespace tokend
