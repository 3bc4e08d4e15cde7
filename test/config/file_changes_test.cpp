#include "app/tokend/file_changes.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

namespace tokend::test {
namespace {

struct two_files
{
    temporary_folder folder{};
    file_changes changes{{folder.write("a", "1"), folder.write("b", "1")}};
};

BOOST_AUTO_TEST_SUITE(file_changes_)

BOOST_AUTO_TEST_CASE(files_that_stay_are_no_change)
{
    two_files f;
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(!f.changes.look());
}

BOOST_AUTO_TEST_CASE(a_change_counts_once_when_a_second_look_finds_the_same)
{
    two_files f;
    f.folder.write("b", "22");
    BOOST_TEST(!f.changes.look());
    BOOST_TEST(f.changes.look());
    BOOST_TEST(!f.changes.look());
    BOOST_TEST(!f.changes.look());
}

BOOST_AUTO_TEST_CASE(files_that_are_written_one_after_the_other_count_when_all_are_written)
{
    two_files f;
    f.folder.write("a", "22");
    BOOST_TEST(!f.changes.look());
    f.folder.write("b", "22");
    BOOST_TEST(!f.changes.look());
    BOOST_TEST(f.changes.look());
}

BOOST_AUTO_TEST_CASE(a_file_that_goes_and_one_that_comes_are_changes)
{
    two_files f;
    std::filesystem::remove(f.folder / "a");
    BOOST_TEST(!f.changes.look());
    BOOST_TEST(f.changes.look());
    f.folder.write("a", "1");
    BOOST_TEST(!f.changes.look());
    BOOST_TEST(f.changes.look());
}

BOOST_AUTO_TEST_CASE(what_was_there_again_before_the_second_look_is_no_change)
{
    two_files f;
    std::filesystem::rename(f.folder / "a", f.folder / "c");
    BOOST_TEST(!f.changes.look());
    std::filesystem::rename(f.folder / "c", f.folder / "a");
    BOOST_TEST(!f.changes.look());
    BOOST_TEST(!f.changes.look());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
