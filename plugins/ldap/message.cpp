#include "ldap/message.hpp"

#include "ldap/outage.hpp"

#include <strings.h>

#include <cstring>
#include <memory>

namespace tokend::plugin::ldap {
namespace {

struct free_memory
{
    void operator()(char* p) const noexcept { ::ldap_memfree(p); }
    void operator()(BerElement* b) const noexcept { ::ber_free(b, 0); }
    void operator()(BerValue** v) const noexcept { ::ldap_value_free_len(v); }
    void operator()(LDAPControl** c) const noexcept { ::ldap_controls_free(c); }
};

bool is_same(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string read_cookie(LDAP* ld, LDAPControl* control)
{
    ber_int_t estimate = 0;
    berval cookie{};
    if (::ldap_parse_pageresponse_control(ld, control, &estimate, &cookie) != LDAP_SUCCESS)
        throw connection_lost{"the server sent a control for paged results that is no good LDAP"};
    std::unique_ptr<char, free_memory> const owned{cookie.bv_val};
    return cookie.bv_len != 0 ? std::string(cookie.bv_val, cookie.bv_len) : std::string{};
}

void read_policy(LDAP* ld, LDAPControl* control, answer& to)
{
    ber_int_t expires_in = -1;
    ber_int_t grace = -1;
    LDAPPasswordPolicyError error = PP_noError;
    if (::ldap_parse_passwordpolicy_control(ld, control, &expires_in, &grace, &error) != LDAP_SUCCESS)
        throw connection_lost{"the server sent a password policy control that is no good LDAP"};
    int number = PP_noError;
    static_assert(sizeof number == sizeof error);
    std::memcpy(&number, &error, sizeof number);  // libldap passes on whatever number the server sent
    to.policy = {number, grace};
}

void read_control(LDAP* ld, LDAPControl* control, answer& to)
{
    std::string_view const oid = control->ldctl_oid;
    bool const is_page = oid == LDAP_CONTROL_PAGEDRESULTS;
    bool const is_policy = oid == LDAP_CONTROL_PASSWORDPOLICYRESPONSE;
    if ((is_page || is_policy) && control->ldctl_value.bv_len == 0)  // libldap would crash
        throw connection_lost{"the server sent a control without a value"};
    if (is_page)
        to.cookie = read_cookie(ld, control);
    if (is_policy)
        read_policy(ld, control, to);
    if (oid == LDAP_CONTROL_X_PASSWORD_EXPIRED)
        to.must_change = true;
}

}  // namespace

std::vector<std::string> const& entry::values(std::string_view name) const
{
    static std::vector<std::string> const none;
    for (auto const& [known, found] : attributes)
        if (is_same(known, name))
            return found;
    return none;
}

std::string entry::value(std::string_view name) const
{
    auto const& all = values(name);
    return all.empty() ? std::string{} : all.front();
}

std::string answer::text() const
{
    auto const meaning = std::to_string(code) + " (" + ::ldap_err2string(code) + ")";
    return diagnostic.empty() ? meaning : meaning + ": " + diagnostic;
}

entry read_entry(LDAP* ld, LDAPMessage* m)
{
    entry e;
    if (std::unique_ptr<char, free_memory> const dn{::ldap_get_dn(ld, m)}; dn)
        e.dn = dn.get();
    BerElement* raw = nullptr;
    std::unique_ptr<char, free_memory> name{::ldap_first_attribute(ld, m, &raw)};
    std::unique_ptr<BerElement, free_memory> const position{raw};
    for (; name; name.reset(::ldap_next_attribute(ld, m, position.get())))
    {
        std::unique_ptr<BerValue*, free_memory> const values{::ldap_get_values_len(ld, m, name.get())};
        std::vector<std::string> copies;
        for (auto** value = values.get(); value != nullptr && *value != nullptr; ++value)
            copies.emplace_back((*value)->bv_val, (*value)->bv_len);
        e.attributes.emplace_back(name.get(), std::move(copies));
    }
    return e;
}

void read_result(LDAP* ld, LDAPMessage* m, answer& to)
{
    char* diagnostic = nullptr;
    LDAPControl** controls = nullptr;
    int const parsed = ::ldap_parse_result(ld, m, &to.code, nullptr, &diagnostic, nullptr, &controls, 0);
    std::unique_ptr<char, free_memory> const own_text{diagnostic};
    std::unique_ptr<LDAPControl*, free_memory> const own_controls{controls};
    if (parsed != LDAP_SUCCESS)
        throw connection_lost{"the server sent a result that is no good LDAP"};
    to.diagnostic = diagnostic != nullptr ? diagnostic : "";
    for (auto** control = controls; control != nullptr && *control != nullptr; ++control)
        read_control(ld, *control, to);
}

}  // namespace tokend::plugin::ldap
