#include "tokend/protection.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace tokend::plugin;
using namespace tokend::test;

namespace fs = std::filesystem;

namespace {

struct fixture
{
    std::string mistake(secrecy kind = secrecy::none, uid_t owner = ::geteuid()) const
    {
        return loose_mode(file, kind, owner);
    }

    temporary_folder folder;
    std::string const file = folder.write("f", "x").string();
    std::string const above = folder.path().string();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(protection_, fixture)

BOOST_AUTO_TEST_CASE(who_may_write_to_a_file_decides_and_who_may_read_it_does_not_unless_it_is_secret)
{
    for (mode_t const good : {0600U, 0640U, 0644U, 0755U, 0400U})
    {
        ::chmod(file.c_str(), good);
        BOOST_TEST(mistake() == "");
    }
    ::chmod(file.c_str(), 0664);
    BOOST_TEST(mistake() == file + ": mode 0664, writable by others than its owner; chmod go-w " + file);
    ::chmod(file.c_str(), 0602);
    BOOST_TEST(mistake() == file + ": mode 0602, writable by others than its owner; chmod go-w " + file);
    ::chmod(file.c_str(), 0640);
    BOOST_TEST(mistake(secrecy::secret) == "");
    ::chmod(file.c_str(), 0644);
    BOOST_TEST(mistake(secrecy::secret) == file + ": mode 0644, a secret that others may read; chmod o-rwx " + file);
}

BOOST_AUTO_TEST_CASE(a_folder_above_that_others_may_write_to_is_a_mistake_unless_it_is_sticky)
{
    ::chmod(above.c_str(), 0775);
    BOOST_TEST(mistake() ==
               above + " (above " + file + "): mode 0775, writable by others than its owner; chmod go-w " + above);
    ::chmod(above.c_str(), 01777);
    BOOST_TEST(mistake() == "");
}

BOOST_AUTO_TEST_CASE(everything_on_the_way_belongs_to_root_or_the_owner)
{
    BOOST_TEST(mistake(secrecy::none, 54321) == (::geteuid() == 0 ? "" : mistake(secrecy::none, 54321)));
    if (::geteuid() != 0)
        return;  // only root can give files away
    BOOST_REQUIRE(::chown(file.c_str(), 54321, 0) == 0);
    BOOST_TEST(mistake() == file + ": belongs to user 54321, but only root and user 0 may own it; chown 0 " + file);
    BOOST_TEST(mistake(secrecy::none, 54321) == "");
    BOOST_REQUIRE(::chown(file.c_str(), 0, 0) == 0);
    BOOST_REQUIRE(::chown(above.c_str(), 54321, 0) == 0);
    BOOST_TEST(mistake() == above + " (above " + file +
                                "): belongs to user 54321, but only root and user 0 may own it; chown 0 " + above);
}

BOOST_AUTO_TEST_CASE(the_way_through_a_link_is_judged_on_both_sides)
{
    fs::create_directory(folder / "open");
    fs::create_directory(folder / "kept");
    folder.write("kept/f", "x");
    auto const link = (folder / "open" / "link").string();
    fs::create_symlink("../kept/f", link);
    BOOST_TEST(loose_mode(link, secrecy::none) == "");
    ::chmod((folder / "open").c_str(), 0777);
    BOOST_TEST(loose_mode(link, secrecy::none).starts_with((folder / "open").string() + " (above "));
    ::chmod((folder / "open").c_str(), 0700);
    ::chmod((folder / "kept").c_str(), 0777);
    BOOST_TEST(loose_mode(link, secrecy::none).starts_with((folder / "kept").string() + " (above "));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_or_a_ring_of_links_is_no_mistake_of_modes)
{
    BOOST_TEST(loose_mode(file + ".none", secrecy::secret) == "");
    fs::create_symlink("ring", folder / "ring");
    BOOST_TEST(loose_mode((folder / "ring").string(), secrecy::none) == "");
    BOOST_TEST(walk((folder / "ring").string()).error == ELOOP);
}

BOOST_AUTO_TEST_SUITE_END()
