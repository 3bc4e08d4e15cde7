// The disk of the audit log fills up in the middle of a line, and has room again.
#include "abuse/audited_tokend.hpp"
#include "abuse/file_limit.hpp"
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"
#include "support/count.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/mount.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view get_ready = "GET /readyz HTTP/1.1\r\nHost: tokend\r\n\r\n";

std::string numbered(int i) { return "X-Request-Id: login-" + std::to_string(i) + "\r\n"; }

// A small disk of its own.
class small_disk
{
public:
    explicit small_disk(fs::path at) : at_{std::move(at)}
    {
        fs::create_directory(at_);
        is_mounted_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=64k,mode=0700") == 0;
    }
    ~small_disk()
    {
        if (is_mounted_)
            ::umount2(at_.c_str(), MNT_DETACH);
    }
    small_disk(small_disk const&) = delete;

    bool is_mounted() const noexcept { return is_mounted_; }
    fs::path file() const { return at_ / "audit.log"; }
    void fill() const
    {
        std::ofstream out{at_ / "other", std::ios::binary};
        while (out.write("x", 1).flush())
            ;
    }
    void make_room() const { fs::remove(at_ / "other"); }

private:
    fs::path const at_;
    bool is_mounted_ = false;
};

std::vector<boost::json::object> decisions(std::vector<boost::json::object> records)
{
    std::erase_if(records, [](auto const& r) { return member(r, "event") == "large"; });
    return records;
}

// What a client may and may not do while its decisions cannot be recorded.
void check_refusals(std::string const& at, std::string const& token, std::string const& other)
{
    for (auto const* const body : {administrator.data(), R"({"username":"x","password":"y","organisation":"CRMDEMO"})"})
    {
        auto const refused = ask(at, post(issue_path, body));
        check_error(refused, 503, "STORE_UNAVAILABLE");
        BOOST_TEST(refused.header("Retry-After") == "1");
    }
    check_error(ask(at, post(api_key_path, "", "Authorization: Basic ZGVtby1hcGkta2V5LTE6\r\n")), 503,
                "STORE_UNAVAILABLE");
    check_error(ask(at, post(switch_path, token_body(token, R"("unit":")" + std::string{second_unit} + "\""))), 503,
                "STORE_UNAVAILABLE");
    check_error(ask(at, post(renew_path, token_body(unknown_token))), 503, "STORE_UNAVAILABLE");
    BOOST_TEST(is_active(at, token));
    BOOST_TEST(ask(at, get("/auth/verify", bearer(token))).status == 200);
    BOOST_TEST(ask(at, get("/auth/verify", bearer(unknown_token))).status == 500);
    check_error(ask(at, post(release_path, token_body(other))), 503, "STORE_UNAVAILABLE");
    BOOST_TEST(!is_active(at, other));
    BOOST_TEST(ask(at, get_ready).status == 503);
    BOOST_TEST(ask(at, get_health).status == 200);
}

// Fills the disk and makes room again. No token that a client gets is without its record, no other token lives.
template <class Disk>
void refuses_until_there_is_room(audited_tokend& tokend, Disk const& disk, fs::path const& file)
{
    auto const& at = tokend.address();
    std::set<std::string> answered;
    auto const log_in = [&] {
        auto const a = ask(at, post(issue_path, administrator));
        if (a.status != 200)
            return check_error(a, 503, "STORE_UNAVAILABLE"), std::string{};
        answered.insert(a.header("X-Token-Accessor"));
        return std::string{check_ok(a).at("token").as_string()};
    };
    auto const token = log_in();
    auto const other = log_in();
    disk.fill();
    while (!log_in().empty())
        ;
    check_refusals(at, token, other);
    for (auto const& r : decisions(audit_records(file)))
        BOOST_TEST(member(r, "code") == "OK");
    disk.make_room();
    BOOST_TEST(eventually([&] { return ask(at, get_ready).status == 200; }));
    BOOST_TEST(!log_in().empty());
    BOOST_TEST(tokend.daemon().logs("audit log can be written again"));

    auto const listed = ask(at, post("/authentication/sessions", token_body(token)));
    BOOST_TEST(count(listed.body, R"("accessor")") == answered.size() - 1);  // but the released one
    tokend.daemon().stop();
    std::multiset<std::string> issued;
    std::map<std::string, std::size_t> refused;
    for (auto const& r : decisions(final_audit_records(file)))
        if (member(r, "code") == "STORE_UNAVAILABLE")
            ++refused[member(r, "event")];
        else if (member(r, "event") == "issue")
            issued.insert(member(r, "accessor"));
    BOOST_TEST((issued == std::multiset<std::string>{answered.begin(), answered.end()}));
    std::map<std::string, std::size_t> const expected{{"issue", 3}, {"web_api_key", 1}, {"switch_unit", 1},
                                                      {"renew", 1}, {"verify", 1},      {"release", 1}};
    BOOST_TEST((refused == expected));
    BOOST_TEST(count(tokend.daemon().log(), "audit log cannot be written") == 1U + 8U);  // the alarm, and each reason
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_disk_)

BOOST_AUTO_TEST_CASE(with_drop_every_login_is_answered_and_recorded_when_there_is_room)
{
    audited_tokend tokend{"drop"};
    auto const& at = tokend.address();
    file_limit const disk{tokend};
    for (int i = 0; i < 10; ++i)
    {
        if (i == 2)
        {
            tokend.await("issue", 2);
            disk.fill();
        }
        check_ok(ask(at, post(issue_path, administrator, numbered(i))));
    }
    BOOST_TEST(tokend.daemon().logs("audit log cannot be written: records wait"));
    BOOST_TEST(decisions(audit_records(tokend.file())).size() == 2U);
    BOOST_TEST(ask(at, get_ready).status == 200);
    disk.make_room();
    BOOST_TEST(tokend.daemon().logs("audit log can be written again"));
    auto const records = decisions(tokend.stop());
    BOOST_TEST_REQUIRE(records.size() == 10U);
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(member(records[static_cast<std::size_t>(i)], "request_id") == "login-" + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(with_drop_records_beyond_the_queue_are_lost_counted_and_reported)
{
    constexpr std::size_t more_than_the_queue = 16'384 + 500;
    constexpr std::size_t batch = 100;
    audited_tokend tokend{"drop"};
    file_limit const disk{tokend};
    disk.fill();
    raw_client client{tokend.address()};
    std::string requests;
    for (std::size_t i = 0; i < batch; ++i)
        requests += get("/auth/verify", bearer(unknown_token));
    std::size_t asked = 0;
    for (; asked < more_than_the_queue; asked += batch)
    {
        client.send(requests);
        for (std::size_t i = 0; i < batch; ++i)
            BOOST_REQUIRE(client.receive().status == 401);
    }
    BOOST_TEST(tokend.daemon().logs(R"("msg":"audit records are lost")"));
    disk.make_room();
    auto const lost = tokend.await("lost", 1);
    BOOST_TEST(lost.size() == 1U);
    auto const records = decisions(tokend.stop());
    BOOST_TEST(member(records.back(), "event") == "lost");
    BOOST_TEST(records.size() - 1 + std::stoul(member(lost.at(0), "records")) == asked);
}

BOOST_AUTO_TEST_CASE(with_refuse_no_token_is_issued_without_a_record)
{
    audited_tokend tokend{"refuse"};
    refuses_until_there_is_room(tokend, file_limit{tokend}, tokend.file());
}

BOOST_AUTO_TEST_CASE(nor_on_a_disk_that_is_full)
{
    temporary_folder const folder;
    small_disk const disk{folder / "disk"};
    if (!disk.is_mounted())
    {
        BOOST_TEST_MESSAGE("not allowed to mount a small disk: nothing is shown here");
        return;
    }
    audited_tokend tokend{"refuse", {"--audit.file=" + disk.file().string()}};
    refuses_until_there_is_room(tokend, disk, disk.file());
}

BOOST_AUTO_TEST_CASE(a_stop_waits_for_no_room)
{
    for (auto const* const on_failure : {"drop", "refuse"})
    {
        audited_tokend tokend{on_failure};
        file_limit const disk{tokend};
        disk.fill();
        ask(tokend.address(), post(issue_path, administrator));
        BOOST_TEST(tokend.daemon().logs("audit log cannot be written"));
        BOOST_TEST(decisions(tokend.stop()).empty());
        BOOST_TEST(tokend.daemon().logs("audit records are lost at the end"));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(audit_settings_)

BOOST_AUTO_TEST_CASE(a_wrong_value_is_refused_with_its_file_and_line)
{
    temporary_folder const folder;
    auto const check = [&](std::string const& audit) {
        auto const file = folder.write("tokend.conf", "[audit]\n" + audit);
        auto const checked = start_in_vain({.configuration = file, .arguments = {"--check"}});
        BOOST_TEST(checked.status == 78);
        return checked.log.substr(std::min(file.string().size(), checked.log.size()));
    };
    BOOST_TEST(check("to = syslog\n").starts_with(":2: to is 'syslog'; give one of off, journal, file"));
    BOOST_TEST(check("to = file\nfile =\n").starts_with(":3: file is ''; give a path"));
    BOOST_TEST(check("to = file\non-failure = wait\n").starts_with(":3: on-failure is 'wait'; give one of drop,"));
    BOOST_TEST(check("on-failure = refuse\n").starts_with(":2: on-failure has no effect without to = file"));
    BOOST_TEST(check("file = /a\n").starts_with(":2: file has no effect without to = file"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_used_is_refused_by_the_check_and_the_start)
{
    temporary_folder const folder;
    auto const path = folder.write("audit.log", "");
    fs::permissions(path, fs::perms{0644});
    auto const file = folder.write("tokend.conf", "[audit]\nto = file\nfile = audit.log\n");
    for (auto const& [arguments, status] : {std::pair{std::vector<std::string>{"--check"}, 69}, {{}, 78}})
    {
        auto const outcome = start_in_vain({.configuration = file, .arguments = arguments});
        BOOST_TEST(outcome.status == status);
        BOOST_TEST(outcome.log.find("audit file " + path.string() + ": others could read it or change it") !=
                       std::string::npos,
                   outcome.log);
    }
}

BOOST_AUTO_TEST_CASE(a_journal_that_is_not_here_is_a_warning_of_the_check)
{
    if (fs::exists("/run/systemd/journal/socket"))
        return;
    temporary_folder const folder;
    auto const file = folder.write("tokend.conf", "[audit]\nto = journal\n");
    auto const checked = start_in_vain({.configuration = file, .arguments = {"--check"}});
    BOOST_TEST(checked.status == 0);
    BOOST_TEST(checked.log.find("warning: the audit log goes to systemd's journal, which is not here") !=
                   std::string::npos,
               checked.log);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
