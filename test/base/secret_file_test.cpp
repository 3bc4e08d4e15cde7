#include "base/secret_file.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <stdexcept>
#include <string>
#include <system_error>

using namespace tokend;
using tokend::test::temporary_folder;

BOOST_AUTO_TEST_SUITE(secret_file_)

BOOST_AUTO_TEST_CASE(a_file_is_read_without_its_last_newline)
{
    temporary_folder const folder;
    auto const read = [&](std::string_view text) {
        return std::string{read_secret_file(folder.write("s", text).string(), 64).reveal()};
    };
    BOOST_TEST(read("") == "");
    BOOST_TEST(read("\n") == "");
    BOOST_TEST(read("s3cret") == "s3cret");
    BOOST_TEST(read("s3cret\n") == "s3cret");
    BOOST_TEST(read(" s3cret \n\n") == " s3cret \n");
    BOOST_TEST(read("s3\r\n") == "s3\r");
    std::string const binary{"\0\xff", 2};
    BOOST_TEST(read(binary) == binary);
}

BOOST_AUTO_TEST_CASE(a_file_may_have_as_many_bytes_as_the_limit)
{
    temporary_folder const folder;
    auto const file = folder.write("s", "12345678").string();
    BOOST_TEST(read_secret_file(file, 8).reveal() == "12345678");
    BOOST_CHECK_THROW(read_secret_file(file, 7), std::length_error);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_an_error_with_its_path)
{
    temporary_folder const folder;
    auto const missing = (folder / "none").string();
    BOOST_CHECK_EXCEPTION(read_secret_file(missing, 8), std::system_error, [&](std::system_error const& e) {
        return e.code() == std::errc::no_such_file_or_directory &&
               std::string_view{e.what()}.find(missing) != std::string_view::npos;
    });
    BOOST_CHECK_THROW(read_secret_file(folder.path().string(), 8), std::system_error);
}

BOOST_AUTO_TEST_CASE(a_fifo_without_a_writer_does_not_block)
{
    temporary_folder const folder;
    auto const fifo = (folder / "fifo").string();
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    BOOST_TEST(read_secret_file(fifo, 8).empty());
}

BOOST_AUTO_TEST_SUITE_END()
