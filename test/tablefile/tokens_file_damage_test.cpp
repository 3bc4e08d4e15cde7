// A file with a part that is missing, flipped, or older than the rest. `tablefile_damage_test -- 10` makes ten times as
// many trials as ./test/run.
#include "journal/journal.hpp"
#include "support/temporary_folder.hpp"
#include "table/tokens.hpp"
#include "tablefile/journal_chronicle.hpp"
#include "tablefile/recovered.hpp"
#include "tablefile/snapshot.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;
using tokend::test::temporary_folder;
using bytes = std::vector<std::byte>;

namespace {

constexpr std::size_t page = 4096;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::size_t flips = 10'000;
constexpr std::size_t mixes = 400;
#else
constexpr std::size_t flips = 100'000;
constexpr std::size_t mixes = 3'400;  // in each of three cases
#endif

std::size_t trials(std::size_t in_every_run)
{
    auto const& suite = boost::unit_test::framework::master_test_suite();
    return in_every_run * (suite.argc > 1 ? std::strtoul(suite.argv[1], nullptr, 10) : 1);
}

struct less
{
    bool operator()(token_key x, token_key y) const { return std::tie(x.a, x.b) < std::tie(y.a, y.b); }
};

enum class fate
{
    live,   // it must be there
    maybe,  // it may be there: it was issued or ended after the last synchronization
    gone    // it must not
};

// A table that writes to a small file, and what is known of its tokens.
class writer
{
public:
    struct known
    {
        std::string who;
        sys_seconds least;  // its end, as it was synchronized
        sys_seconds most;
        fate now = fate::maybe;
    };
    using books = std::map<token_key, known, less>;

    writer() : journal_{journal::open(path(), 100)}
    {
        journal_->go_on_behind(journal_->contents());
        table_.report_to(chronicle_);
    }

    void issue(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
        {
            auto const key = random_key();
            auto const who = "user " + std::to_string(random_() % 10) + std::string(random_() % 100, 'x');
            BOOST_REQUIRE(put(table_, key, who) == insert_result::done);
            books_[key] = {who, noon + seconds{60}, noon + seconds{60}, fate::maybe};
        }
    }
    void touch_and_end(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
        {
            auto& touched = any();
            touched.second.most = std::max(touched.second.most, noon + seconds{60 + i});
            std::ignore = table_.touch(touched.first, noon + seconds{60 + i}, noon);
            auto& ended = any();
            if (table_.erase(ended.first, noon))
                ended.second.now = fate::maybe, ended_.push_back(ended.first);
        }
    }
    // What has happened is on the disk.
    void synchronize()
    {
        journal_->write();
        journal_->synchronize();
        settle();
    }
    void begin_snapshot()
    {
        snapshot_ = std::make_unique<journal::snapshot>(*journal_, 100, journal::snapshot::old_file::sound);
    }
    void fill_snapshot() { write_snapshot(table_, *snapshot_, noon); }
    void finish_snapshot()
    {
        journal_->write();
        snapshot_->finish();
        settle();  // all of the new file is on the disk
    }

    // As it is, but for most of the space at its end that holds nothing: its header says so.
    bytes file()
    {
        journal_->write();
        std::ifstream in{path(), std::ios::binary};
        std::string const text{std::istreambuf_iterator<char>{in}, {}};
        auto all = std::as_bytes(std::span{text});
        bytes some{all.begin(), all.end()};
        layout::header header;
        BOOST_REQUIRE(layout::read_header(std::span{some}.first(layout::header_bytes), some.size(), header) == "");
        header.now.bytes = header.log_at() + 24 * page;
        layout::seal(header.now);
        std::memcpy(some.data() + page, &header.now, sizeof header.now);
        some.resize(header.now.bytes);
        return some;
    }
    books const& known_tokens() const { return books_; }

private:
    std::filesystem::path path() const { return folder_.path() / "tokens"; }
    std::pair<token_key const, known>& any()
    {
        return *std::next(books_.begin(), static_cast<std::ptrdiff_t>(random_() % books_.size()));
    }
    void settle()
    {
        for (auto& [key, k] : books_)
        {
            k.least = k.most;
            k.now = k.now == fate::maybe ? fate::live : k.now;
        }
        for (auto const key : ended_)
            books_[key].now = fate::gone;
    }

    std::mt19937_64 random_{7};
    temporary_folder folder_;
    std::unique_ptr<journal> journal_;
    journal_chronicle chronicle_{*journal_};
    table table_{recovered::options};
    std::unique_ptr<journal::snapshot> snapshot_;
    books books_;
    std::vector<token_key> ended_;
};

struct trouble
{
    std::size_t lost = 0;
    std::size_t back = 0;
    std::size_t early = 0;  // ends before the end that was synchronized
    std::size_t wrong = 0;  // another principal, other times, or nobody's
};

trouble judge(recovered const& found, writer::books const& books)
{
    trouble t;
    std::size_t met = 0;
    for (auto const& [key, known] : books)
    {
        auto const token = found.find(key);
        met += token.has_value();
        t.lost += !token && known.now == fate::live;
        t.back += token && known.now == fate::gone;
        t.early += token && token->expires_at < known.least;
        t.wrong += token && (token->who != known.who || token->issued_at != noon ||
                             token->expires_at < noon + seconds{60} || token->expires_at > known.most);
    }
    t.wrong += found.size() != met;
    return t;
}

void keep_busy(writer& w)
{
    w.issue(30);
    w.touch_and_end(10);
    w.synchronize();
    w.begin_snapshot();
    w.fill_snapshot();
    w.finish_snapshot();
    w.issue(30);
    w.touch_and_end(10);
    w.synchronize();
}

// Any subset of pages old, the rest new: what a power cut leaves.
void check_mixes(bytes const& old, bytes const& young, writer::books const& books, std::size_t count)
{
    BOOST_REQUIRE(old.size() == young.size());
    std::vector<std::size_t> changed;
    for (std::size_t at = 0; at < old.size(); at += page)
        if (!std::equal(old.begin() + static_cast<std::ptrdiff_t>(at),
                        old.begin() + static_cast<std::ptrdiff_t>(at + page),
                        young.begin() + static_cast<std::ptrdiff_t>(at)))
            changed.push_back(at);
    BOOST_TEST(changed.size() > 1U);
    std::mt19937_64 random{9};
    trouble sum;
    std::size_t refused = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        auto mix = old;
        auto const choice = random();
        for (std::size_t n = 0; n < changed.size(); ++n)
            if ((choice >> n % 64 & 1) != 0)
                std::copy_n(young.begin() + static_cast<std::ptrdiff_t>(changed[n]), page,
                            mix.begin() + static_cast<std::ptrdiff_t>(changed[n]));
        recovered const found{mix};
        refused += !found.opened();
        auto const t = judge(found, books);
        sum.lost += t.lost;
        sum.early += t.early;
        sum.back += t.back;
        sum.wrong += t.wrong;
    }
    BOOST_TEST(refused == 0U);
    BOOST_TEST(sum.early == 0U);
    BOOST_TEST(sum.lost == 0U);
    BOOST_TEST(sum.back == 0U);
    BOOST_TEST(sum.wrong == 0U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tokens_file_damage_)

BOOST_AUTO_TEST_CASE(a_whole_file_is_recovered_whole)
{
    writer w;
    keep_busy(w);
    recovered const found{w.file()};
    auto const t = judge(found, w.known_tokens());
    BOOST_TEST((t.lost == 0 && t.back == 0 && t.wrong == 0));
    BOOST_TEST(found.damaged() == 0U);
    BOOST_TEST(found.size() > 20U);
}

BOOST_AUTO_TEST_CASE(every_prefix_is_refused)
{
    writer w;
    keep_busy(w);
    auto const file = w.file();
    std::size_t opened = 0;
    for (std::size_t length = 0; length < file.size(); ++length)
    {
        layout::header header;
        opened +=
            layout::read_header(std::span{file}.first(std::min(length, layout::header_bytes)), length, header).empty();
    }
    BOOST_TEST(opened == 0U);
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_costs_the_tokens_it_is_part_of_and_nothing_else)
{
    writer w;
    keep_busy(w);
    auto file = w.file();
    std::mt19937_64 random{3};
    std::size_t refused = 0;
    std::size_t noticed = 0;
    trouble sum;
    for (std::size_t i = 0, end = trials(flips); i < end; ++i)
    {
        auto const bit = random() % (file.size() * 8);
        file[bit / 8] ^= std::byte{1} << bit % 8;
        recovered const found{file};
        file[bit / 8] ^= std::byte{1} << bit % 8;
        if (!found.opened())
        {
            ++refused;
            continue;
        }
        auto const t = judge(found, w.known_tokens());
        noticed += t.lost != 0;
        BOOST_TEST(t.lost <= 12U, "flipped bit " << bit);  // those of one principal
        BOOST_TEST((t.lost == 0 || found.damaged() != 0), "flipped bit " << bit << " is not told of");
        sum.back += t.back;
        sum.wrong += t.wrong;
    }
    BOOST_TEST(refused > 0U);
    BOOST_TEST(noticed > 0U);
    BOOST_TEST(sum.back == 0U);
    BOOST_TEST(sum.wrong == 0U);
}

BOOST_AUTO_TEST_CASE(pages_of_a_log_that_are_older_than_others_cost_what_was_not_synchronized)
{
    writer w;
    w.issue(30);
    w.touch_and_end(10);
    w.synchronize();
    auto const old = w.file();
    w.issue(60);
    w.touch_and_end(40);
    check_mixes(old, w.file(), w.known_tokens(), trials(mixes));
}

BOOST_AUTO_TEST_CASE(pages_of_a_log_behind_a_snapshot_that_are_older_cost_what_was_not_synchronized)
{
    writer w;
    w.issue(40);
    w.touch_and_end(10);
    w.begin_snapshot();
    w.issue(20);
    w.fill_snapshot();
    w.touch_and_end(10);
    w.finish_snapshot();
    auto const old = w.file();
    w.issue(40);
    w.touch_and_end(30);
    check_mixes(old, w.file(), w.known_tokens(), trials(mixes));
}

// 512 bytes in one place, as a bad sector leaves them.
BOOST_AUTO_TEST_CASE(a_sector_of_zeros_brings_no_released_token_back)
{
    writer w;
    w.issue(60);
    w.synchronize();
    w.touch_and_end(60);
    w.synchronize();
    auto const file = w.file();
    trouble sum;
    std::size_t noticed = 0;
    for (std::size_t at = layout::header_bytes; at < file.size(); at += 512)
    {
        auto broken = file;
        std::fill_n(broken.begin() + static_cast<std::ptrdiff_t>(at), 512, std::byte{});
        recovered const found{broken};
        BOOST_REQUIRE(found.opened());
        auto const t = judge(found, w.known_tokens());
        sum.back += t.back;
        sum.wrong += t.wrong;
        noticed += found.damaged() != 0;
    }
    BOOST_TEST(sum.back == 0U);
    BOOST_TEST(sum.wrong == 0U);
    BOOST_TEST(noticed > 5U);
}

BOOST_AUTO_TEST_SUITE_END()
