#pragma once

#include "base/principal.hpp"
#include "journal/journal.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <span>
#include <string>

namespace tokend::test {

// A tokens file as tokend writes it, with live sessions of two organisations: 3 of ACME and 2 of CRM DEMO.
class stored_sessions
{
public:
    static constexpr std::uint32_t late = 4'000'000'000;

    static std::string encoded(std::string const& organisation)
    {
        principal who;
        who.organisation = organisation;
        who.backend = "staff";
        who.username = "u";
        return *encode(who);
    }

    stored_sessions() : kept_{journal::open(path(), 100)}
    {
        kept_->go_on_behind(kept_->contents());
        record(1, "ACME");
        record(2, "CRM DEMO");
        append({.kind = entry_kind::address, .serial = 3, .bytes = std::string_view{"192.0.2.7"}});
        for (std::uint64_t a = 1; a <= 5; ++a)
            issue(a, late, a <= 2 ? 1 : 2);
        issue(6, 2, 1);
        issue(7, 2, 1);
        append({.kind = entry_kind::touch, .a = 7, .expires = late});
        append({.kind = entry_kind::end, .a = 5});
    }

    std::filesystem::path path() const { return folder_.path() / "tokens"; }
    journal& kept() { return *kept_; }
    void die() { kept_.reset(); }

    void append(journal_entry const& entry)
    {
        BOOST_REQUIRE((kept_->append(std::span{&entry, 1}, entry_purpose::end) == append_result::done));
        kept_->write();
    }
    void issue(std::uint64_t a, std::uint32_t expires, std::uint64_t serial)
    {
        append({.kind = entry_kind::issue, .a = a, .issued = 1, .expires = expires, .serial = serial, .address = 3});
    }
    void lose_a_user() { issue(8, late, 99); }  // there is a token of a record that is not there

private:
    void record(std::uint64_t serial, std::string const& organisation)
    {
        auto const bytes = encoded(organisation);
        append({.kind = entry_kind::record, .serial = serial, .bytes = bytes});
    }

    temporary_folder folder_;
    std::unique_ptr<journal> kept_;
};

}  // namespace tokend::test
