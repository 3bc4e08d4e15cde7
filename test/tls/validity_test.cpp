#include "tls/validity.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

using std::chrono::days;

std::chrono::sys_seconds const begin{days{20'000}};  // 2024-10-04
std::chrono::sys_seconds const end = begin + days{90};

certificate_summary const certificate{"a.pem", {begin, end}};

std::string warning(std::chrono::sys_seconds now) { return validity_warning(certificate, now).value_or(""); }

}  // namespace

BOOST_AUTO_TEST_SUITE(validity_)

BOOST_AUTO_TEST_CASE(a_certificate_is_warned_of_30_and_7_and_1_days_before_its_end)
{
    BOOST_TEST(warning(begin).empty());
    BOOST_TEST(warning(end - days{30} - 1s).empty());
    BOOST_TEST(warning(end - days{30}) == "a.pem: the certificate expires in 30 days, on 2025-01-02T00:00:00Z");
    BOOST_TEST(warning(end - days{7}) == "a.pem: the certificate expires in 7 days, on 2025-01-02T00:00:00Z");
    BOOST_TEST(warning(end - days{1}) == "a.pem: the certificate expires in 1 day, on 2025-01-02T00:00:00Z");
    BOOST_TEST(warning(end - 1s) == "a.pem: the certificate expires within a day, on 2025-01-02T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(one_that_is_not_valid_now_is_named_with_the_time)
{
    BOOST_TEST(warning(begin - 1s) == "a.pem: the certificate is not valid before 2024-10-04T00:00:00Z");
    BOOST_TEST(warning(end + 1s) ==
               "a.pem: the certificate expired on 2025-01-02T00:00:00Z; clients that check it will refuse it");
}

BOOST_AUTO_TEST_CASE(daily_looks_warn_once_for_each_stage_and_daily_after_the_end)
{
    validity_watch watch;
    std::vector<certificate_summary> const all{certificate};
    std::vector<int> warned;
    for (int day = -40; day <= 2; ++day)
        if (!watch.look(all, end + days{day} + 1h).empty())
            warned.push_back(day);
    BOOST_TEST(warned == (std::vector<int>{-30, -7, -1, 0, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_renewed_certificate_begins_anew)
{
    validity_watch watch;
    BOOST_TEST(watch.look(std::vector<certificate_summary>{certificate}, end - days{1}).size() == 1U);
    certificate_summary renewed{"a.pem", {end - days{2}, end + days{88}}};
    BOOST_TEST(watch.look(std::vector<certificate_summary>{renewed}, end - days{1}).empty());
    BOOST_TEST(watch.look(std::vector<certificate_summary>{renewed}, end + days{58}).size() == 1U);
    renewed.validity.until += 1s;
    BOOST_TEST(watch.look(std::vector<certificate_summary>{renewed}, end + days{59}).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
