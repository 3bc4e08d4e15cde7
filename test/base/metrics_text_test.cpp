#include "base/metrics_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(metrics_text_)

BOOST_AUTO_TEST_CASE(a_counter_has_its_suffix_where_each_format_wants_it)
{
    auto const text = [](metrics_format format) {
        metrics_text to{format};
        to.counter("tokend_logins", "Logins.");
        to.sample({{"organisation", "A"}, {"result", "OK"}}, std::uint64_t{3});
        to.gauge("tokend_tokens_live", "Live tokens.");
        to.sample({}, std::uint64_t{7});
        return std::move(to).finish();
    };
    std::string const samples = "tokend_logins_total{organisation=\"A\",result=\"OK\"} 3\n";
    std::string const gauge =
        "# HELP tokend_tokens_live Live tokens.\n# TYPE tokend_tokens_live gauge\ntokend_tokens_live 7\n";
    BOOST_TEST(text(metrics_format::prometheus) ==
               "# HELP tokend_logins_total Logins.\n# TYPE tokend_logins_total counter\n" + samples + gauge);
    BOOST_TEST(text(metrics_format::openmetrics) ==
               "# HELP tokend_logins Logins.\n# TYPE tokend_logins counter\n" + samples + gauge + "# EOF\n");
}

BOOST_AUTO_TEST_CASE(values_of_labels_are_escaped)
{
    metrics_text to{metrics_format::prometheus};
    to.gauge("g", "G.");
    to.sample({{"l", "a\"b\\c\nd\xc3\xa4"}}, 0.25);
    BOOST_TEST(std::move(to).finish() == "# HELP g G.\n# TYPE g gauge\ng{l=\"a\\\"b\\\\c\\nd\xc3\xa4\"} 0.25\n");
}

BOOST_AUTO_TEST_CASE(the_buckets_of_a_histogram_are_cumulative_and_end_with_all)
{
    own_time_counts times;
    times.add(10us);
    times.add(100us);
    times.add(1min);
    time_distribution value;
    times.add_to(value);
    metrics_text to{metrics_format::prometheus};
    to.histogram("h_seconds", "H.");
    to.sample({{"b", "x"}}, value);
    auto const text = std::move(to).finish();
    for (std::string const line :
         {"h_seconds_bucket{b=\"x\",le=\"6.4e-05\"} 1\n", "h_seconds_bucket{b=\"x\",le=\"9.6e-05\"} 1\n",
          "h_seconds_bucket{b=\"x\",le=\"0.000128\"} 2\n", "h_seconds_bucket{b=\"x\",le=\"+Inf\"} 3\n",
          "h_seconds_sum{b=\"x\"} 60.00011\n", "h_seconds_count{b=\"x\"} 3\n"})
        BOOST_TEST(text.find(line) != std::string::npos, line << text);
}

BOOST_AUTO_TEST_SUITE_END()
