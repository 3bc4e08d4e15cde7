// logrotate renames the audit file and sends SIGHUP, while clients log in and out.
#include "abuse/audited_tokend.hpp"
#include "contract/contract.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace tokend::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view code_login =
    R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})";

// Clients that log in and out until they are stopped, each request with an id of its own.
class load
{
public:
    explicit load(std::string const& address)
    {
        for (int i = 0; i < 3; ++i)
            clients_.emplace_back([this, address, i] { run(address, std::to_string(i)); });
    }
    ~load() { stop(); }
    load(load const&) = delete;

    void stop()
    {
        stopping_ = true;
        clients_.clear();
    }
    std::size_t answered() const noexcept { return answered_; }
    std::size_t failed() const noexcept { return failed_; }

private:
    void run(std::string const& address, std::string const& name)
    try
    {
        raw_client client{address};
        std::size_t number = 0;
        auto const exchange = [&](std::string_view path, std::string const& body) {
            auto const id = "load-" + name + '-' + std::to_string(number++);
            client.send(post(path, body, "X-Request-Id: " + id + "\r\n"));
            auto const a = client.receive();
            ++(a.status == 200 ? answered_ : failed_);
            return a.body;
        };
        while (!stopping_)
        {
            auto const issued = exchange(issue_path, std::string{code_login});
            auto const at = issued.find(R"("token":")");
            if (at != std::string::npos)
                exchange(release_path, token_body(issued.substr(at + 9, 32)));
        }
    }
    catch (std::exception const&)
    {
        ++failed_;  // its connection ended
    }

    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> answered_{0};
    std::atomic<std::size_t> failed_{0};
    std::vector<std::jthread> clients_;
};

void rotate_under_load(std::string_view on_failure)
{
    constexpr int rotations = 10;
    audited_tokend tokend{on_failure};
    load clients{tokend.address()};
    std::vector<fs::path> files;
    for (int i = 0; i < rotations; ++i)
    {
        auto const answered = clients.answered();
        BOOST_TEST(eventually([&] { return clients.answered() > answered + 20; }));
        files.push_back(tokend.folder() / ("audit.log." + std::to_string(i)));
        fs::rename(tokend.file(), files.back());
        tokend.daemon().signal(SIGHUP);
        BOOST_TEST(eventually([&] { return fs::exists(tokend.file()); }));
    }
    auto const answered = clients.answered();
    BOOST_TEST(eventually([&] { return clients.answered() > answered + 20; }));
    clients.stop();
    BOOST_TEST(clients.failed() == 0U);
    tokend.daemon().stop();
    files.push_back(tokend.file());

    std::map<std::string, std::size_t> seen;
    for (auto const& file : files)
    {
        auto const records = final_audit_records(file);
        BOOST_TEST(!records.empty(), file);
        for (auto const& r : records)
            if (member(r, "event") != "reload")
                ++seen[member(r, "request_id")];
    }
    BOOST_TEST(seen.size() == clients.answered());
    for (auto const& [id, count] : seen)
        BOOST_TEST(count == 1U, id);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_rotation_)

BOOST_AUTO_TEST_CASE(no_record_is_lost_or_doubled_and_each_file_has_some) { rotate_under_load("drop"); }
BOOST_AUTO_TEST_CASE(nor_if_answers_wait_for_their_records) { rotate_under_load("refuse"); }

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_again_is_reported_and_the_old_one_goes_on)
{
    audited_tokend tokend{"refuse"};
    fs::rename(tokend.file(), tokend.folder() / "audit.log.1");
    fs::create_directory(tokend.file());
    tokend.daemon().signal(SIGHUP);
    BOOST_TEST(tokend.daemon().logs("audit log is not opened again, the old one is kept"));
    issue_token(tokend.address());
    fs::remove(tokend.file());
    tokend.daemon().signal(SIGHUP);
    BOOST_TEST(eventually([&] { return fs::exists(tokend.file()); }));
    issue_token(tokend.address());
    tokend.daemon().stop();
    auto const count = [](fs::path const& file) {
        auto records = final_audit_records(file);
        std::erase_if(records, [](auto const& r) { return member(r, "event") != "issue"; });
        return records.size();
    };
    BOOST_TEST(count(tokend.folder() / "audit.log.1") == 1U);
    BOOST_TEST(count(tokend.file()) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
