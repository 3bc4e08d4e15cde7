// The status page as it leaves tokend. test/admin/page opens it in a browser.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <set>
#include <string>

using namespace tokend::test;

namespace {

struct fixture
{
    administered_tokend tokend{"viewer"};

    answer get_page(std::string const& path) const { return ask(tokend.tcp_address(), get(path)); }

    // All that the page names: its own files, of its style and its scripts.
    std::set<std::string> files() const
    {
        std::set<std::string> all{"/"};
        std::regex const named{"(?:\"|')(?:/page|\\.)(/[a-z]+\\.(?:css|js))(?:\"|')"};
        for (auto grown = all.size() - 1; grown != all.size();)
        {
            grown = all.size();
            for (auto const& file : std::set<std::string>{all})
            {
                auto const text = get_page(file).body;
                for (std::sregex_iterator at{text.begin(), text.end(), named}, end; at != end; ++at)
                    all.insert("/page" + (*at)[1].str());
            }
        }
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(page_, fixture)

BOOST_AUTO_TEST_CASE(everybody_gets_the_page_and_its_files_but_nothing_that_they_show)
{
    BOOST_TEST(files().size() > 5U);
    for (auto const& file : files())
        BOOST_TEST_CONTEXT(file)
        {
            auto const got = get_page(file);
            BOOST_TEST(got.status == 200);
            BOOST_TEST(got.header("Content-Type") == (file == "/"              ? "text/html; charset=utf-8"
                                                      : file.ends_with(".css") ? "text/css; charset=utf-8"
                                                                               : "text/javascript; charset=utf-8"));
        }
    for (auto const* const path : {"/admin/v1/status", "/admin/v1/history"})
        check_error(ask(tokend.tcp_address(), get(path)), 401, "INVALID_TOKEN");
}

BOOST_AUTO_TEST_CASE(a_browser_runs_nothing_but_the_files_of_the_page)
{
    for (auto const& file : files())
        BOOST_TEST_CONTEXT(file)
        {
            auto const got = get_page(file);
            BOOST_TEST(got.header("Content-Security-Policy") ==
                       "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
                       "data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            BOOST_TEST(got.header("X-Content-Type-Options") == "nosniff");
            BOOST_TEST(got.header("Referrer-Policy") == "no-referrer");
            BOOST_TEST(got.header("Cross-Origin-Resource-Policy") == "same-origin");
            BOOST_TEST(got.header("Cache-Control") == "no-store");
        }
    auto const html = get_page("/").body;
    BOOST_TEST(!std::regex_search(html, std::regex{"<style|style=|\\son[a-z]+=|<script(?! type=\"module\" src=)"}));
    for (auto const& file : files())
        BOOST_TEST(
            !std::regex_search(get_page(file).body, std::regex{"innerHTML|outerHTML|insertAdjacentHTML|eval\\("}));
}

BOOST_AUTO_TEST_CASE(the_page_has_at_most_120_kB)
{
    std::size_t size = 0;
    for (auto const& file : files())
        size += get_page(file).body.size();
    BOOST_TEST(size > 10'000U);
    BOOST_TEST(size <= 120'000U);
}

BOOST_AUTO_TEST_CASE(only_listeners_for_operators_have_it)
{
    for (auto const* const path : {"/", "/page/page.js"})
    {
        check_error(ask(tokend.address(), get(path)), 404, "NOT_FOUND");
        BOOST_TEST(ask(tokend.unix_address(), get(path)).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(other_paths_and_verbs_are_refused_as_everywhere)
{
    for (auto const* const path :
         {"/page", "/page/", "/page/nothing.js", "/page/index.html/x", "/page/..%2fpage.js", "/index.html", "/page.js"})
        check_error(get_page(path), 404, "NOT_FOUND");
    auto const posted = ask(tokend.tcp_address(), post("/", "{}"));
    check_error(posted, 405, "METHOD_NOT_ALLOWED");
    BOOST_TEST(posted.header("Allow") == "GET, HEAD");
    raw_client client{tokend.tcp_address()};
    client.send(request("HEAD", "/"));
    auto const head = client.receive_to_head();
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.body_size() == get_page("/").body.size());
}

BOOST_AUTO_TEST_SUITE_END()
