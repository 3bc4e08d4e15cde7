#include "checks/coawait.hpp"

#include "checks/source_text.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace tokend::test {
namespace {

namespace data = boost::unit_test::data;

std::string_view const good[] = {
    "auto r = co_await f(std::move(named));",
    "auto [a, b] = co_await f();",
    "if (co_await f()) { g(agg{1}); }",
    "while ((co_await f()).x) {}",
    "co_return agg{1};",
    "x{1}; co_await f(); y{2};",
    "if (x) { y(); }\nco_await f();",
    "task<void> f() { co_await g(a[1], h()[2]); }",
    "co_await f(\"{\", '[', R\"({)\"); // { [",
    "/* co_await f(agg{1}) */",
    "my_co_await(agg{1});",
    "asio::co_spawn(ex, std::move(t), handler);",
    "auto h = [](std::exception_ptr) {}; asio::co_spawn(ex, std::move(t), h);",
    "for (;;) { auto const [ec, n] = co_await s.async_wait(token); }",
    "auto l = [&]() -> task<void> { co_await f(); };",
    "auto n = 1'000'000; co_await f();",
    "#include <boost/asio/co_spawn.hpp>\nnamespace x {",
    "if (a && b)\n    co_await f();",
    "if (a && b) { c(); } co_await f();",
    "for (a(); b && c; d())\n    co_await f();",
    "auto&& r = co_await f();",
    "x = a ? b : c; co_await f();",
};

struct sample
{
    std::string_view text;
    std::size_t line;
};
std::ostream& operator<<(std::ostream& out, sample const& s) { return out << s.text; }

sample const bad[] = {
    {"co_await f(agg{1});", 1},
    {"co_await f({\"a\", \"b\"});", 1},
    {"co_await agg{1};", 1},
    {"auto r =\n    co_await f(x,\n               agg{1});", 3},
    {"co_await f([x] { return x; });", 1},
    {"co_await f(a, [] { return 1; });", 1},
    {"auto r = g(agg{1}, co_await f());", 1},
    {"if (x == agg{1} && co_await f()) {}", 1},
    {"co_spawn(ex,\n         [] { return 1; },\n         detached);", 2},
    {"asio::co_spawn(ex, run(agg{1}), detached);", 1},
    {"while (co_await f(agg{1})) {}", 1},
    {"co_return x ? co_await g() : 0;", 1},
    {"if (!empty &&\n    !co_await flush()) {}", 1},
    {"bool b = co_await f() || g();", 1},
    {"auto r = g(a || b, co_await f());", 1},
    {"co_await f(a ? b : c);", 1},
    {"auto r = g([x] { a(); b(); }, co_await f());", 1},
};

BOOST_AUTO_TEST_SUITE(coawait_)

BOOST_DATA_TEST_CASE(what_is_sound_passes, data::make(good), text) { BOOST_TEST(risky_expressions(text).empty()); }

BOOST_DATA_TEST_CASE(what_is_risky_is_found, data::make(bad), s)
{
    auto const lines = risky_expressions(s.text);
    BOOST_TEST_REQUIRE(lines.size() == 1U);
    BOOST_TEST(lines[0] == s.line);
}

BOOST_AUTO_TEST_CASE(no_source_has_one)
{
    std::size_t with_coroutines = 0;
    for (auto const* const folder : {"lib", "app", "plugins", "test", "bench"})
        for (auto const& file : sources_below(std::filesystem::path{TEST_PROJECT} / folder))
        {
            if (file.string().ends_with("checks/coawait_test.cpp"))
                continue;
            auto const text = read_text(file);
            with_coroutines += text.find("co_await") != std::string::npos;
            for (auto const line : risky_expressions(text))
                BOOST_ERROR(
                    file.string()
                    << ':' << line
                    << ": a brace, a lambda, &&, || or ?: inside a co_await or co_spawn expression; name it before");
        }
    BOOST_TEST(with_coroutines > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
