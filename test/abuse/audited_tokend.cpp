#include "abuse/audited_tokend.hpp"

#include "base/printable.hpp"
#include "support/bytes_of.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <utility>

namespace tokend::test {

namespace {

std::vector<boost::json::object> records_of(std::string_view text)
{
    std::vector<boost::json::object> records;
    while (!text.empty())
    {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        BOOST_TEST(is_printable(line), line);
        boost::system::error_code wrong;
        auto const parsed = boost::json::parse(line, wrong);
        BOOST_TEST_REQUIRE((!wrong && parsed.is_object()), line);
        records.push_back(parsed.as_object());
    }
    return records;
}

}  // namespace

std::vector<boost::json::object> audit_records(std::filesystem::path const& file)
{
    auto text = bytes_of(file);
    text.resize(text.rfind('\n') + 1);
    return records_of(text);
}

std::vector<boost::json::object> final_audit_records(std::filesystem::path const& file)
{
    auto const text = bytes_of(file);
    BOOST_TEST((text.empty() || text.ends_with('\n')));
    return records_of(text);
}

std::string member(boost::json::object const& record, std::string_view name)
{
    auto const* const value = record.if_contains(name);
    return value == nullptr ? std::string{} : value->is_string() ? std::string{value->as_string()} : serialize(*value);
}

audited_tokend::audited_tokend(std::string_view on_failure, std::vector<std::string> arguments, std::string const& more,
                               std::map<std::string, std::string> const& secrets)
    : audit_{"[audit]\nto = file\nfile = audit.log\non-failure = " + std::string{on_failure} + '\n'}
{
    auto const demo = demonstration().parent_path();
    for (auto const* const name : {"crmdemo.users", "acme.users", "access_tokens"})
        folder_.write(name, bytes_of(demo / name));
    auto const write_secret = [&](std::string const& name, std::string const& text) {
        std::filesystem::permissions(folder_.write(name, text), std::filesystem::perms::owner_read);
    };
    write_secret("access_tokens.key", bytes_of(demo / "access_tokens.key"));
    for (auto const& [name, text] : secrets)
        write_secret(name, text);
    configure(sections(more));
    arguments.insert(arguments.begin(), "--login.failure-time=0ms");
    options_ = {.configuration = folder_ / "tokend.conf", .arguments = std::move(arguments)};
    daemon_.emplace(options_);
}

std::string audited_tokend::sections(std::string_view more)
{
    return "[backend.staff]\nplugin = file\nusers = crmdemo.users\n"
           "[backend.codes]\nplugin = access_token\ntable = access_tokens\nkey-file = access_tokens.key\n"
           "[backend.others]\nplugin = file\nusers = acme.users\n"
           "[organisation.CRMDEMO]\nbackends = staff, codes\n"
           "[organisation.ACME]\nbackends = others\nlifetime-policy = sliding\nlockout-failures = 2\n" +
           std::string{more};
}

void audited_tokend::configure(std::string const& sections) const { folder_.write("tokend.conf", audit_ + sections); }

void audited_tokend::restart()
{
    daemon_->stop();
    daemon_.emplace(options_);
}

std::vector<boost::json::object> audited_tokend::await(std::string_view event, std::size_t count) const
{
    std::vector<boost::json::object> found;
    BOOST_TEST(eventually([&] {
        found = audit_records(file());
        std::erase_if(found, [&](auto const& r) { return member(r, "event") != event; });
        return found.size() >= count;
    }));
    return found;
}

}  // namespace tokend::test
