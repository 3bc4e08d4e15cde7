#include "web/description/join.hpp"

#include "web/description/yaml.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace tokend {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

class description
{
public:
    json::object join(fs::path const& root)
    {
        auto all = resolve(file(root), root).as_object();
        auto& components = all["components"];
        if (components.is_null())
            components.emplace_object();
        for (auto& [kind, named] : components_)
            components.as_object()[kind] = std::move(named);
        refuse_unused(root);
        return all;
    }

private:
    json::value const& file(fs::path const& path)
    {
        auto const [at, is_new] = files_.try_emplace(path);
        if (is_new)
            at->second = read_yaml(path);
        return at->second;
    }

    json::value resolve(json::value const& from, fs::path const& in)
    {
        if (auto const* const list = from.if_array())
        {
            json::array all;
            for (auto const& item : *list)
                all.push_back(resolve(item, in));
            return all;
        }
        auto const* const object = from.if_object();
        if (object == nullptr)
            return from;
        if (auto const* const reference = object->if_contains("$ref"))
            return follow(std::string{reference->as_string()}, in);
        json::object all;
        for (auto const& [name, value] : *object)
            all[name] = resolve(value, in);
        return all;
    }

    json::value follow(std::string const& reference, fs::path const& in)
    {
        auto const hash = reference.find("#/");
        if (hash == reference.npos)
            throw std::runtime_error{in.string() + ": '" + reference + "' is no FILE#/NAME"};
        auto const target = hash == 0 ? in : (in.parent_path() / reference.substr(0, hash)).lexically_normal();
        auto const name = reference.substr(hash + 2);
        auto const* const named = file(target).as_object().if_contains(name);
        if (named == nullptr)
            throw std::runtime_error{in.string() + ": '" + reference + "' leads nowhere"};
        auto const kind = target.parent_path().filename().string();
        used_.emplace(target, name);
        if (kind == "paths")
            return resolve(*named, target);
        auto const [home, is_new] = homes_.try_emplace({kind, name}, target);
        if (home->second != target)
            throw std::runtime_error{target.string() + ": " + home->second.string() + " has a '" + name + "' too"};
        if (is_new)
            components_[kind].emplace(name, nullptr);  // keeps its place while it refers to others
        if (is_new)
            components_[kind][name] = resolve(*named, target);
        return {{"$ref", "#/components/" + kind + "/" + name}};
    }

    void refuse_unused(fs::path const& root) const
    {
        for (auto const& [path, content] : files_)
            for (auto const& [name, value] : content.as_object())
                if (path != root && !used_.contains({path, std::string{name}}))
                    throw std::runtime_error{path.string() + ": nothing refers to '" + std::string{name} + "'"};
    }

    std::map<fs::path, json::value> files_;
    std::map<std::string, json::object> components_;
    std::map<std::pair<std::string, std::string>, fs::path> homes_;
    std::set<std::pair<fs::path, std::string>> used_;
};

}  // namespace

json::object join_description(fs::path const& root) { return description{}.join(root.lexically_normal()); }

}  // namespace tokend
