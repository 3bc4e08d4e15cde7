#include "base/text.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/process_control.hpp"
#include "web/request_context.hpp"
#include "web/worker_state.hpp"

#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

// What the process is, and how it is.
namespace tokend {
namespace {

std::string_view yes_or_no(bool b) noexcept { return b ? "true" : "false"; }

// Appends the list of `from`, each made by `append`.
template <class Items, class Append>
void append_list(text_buffer& out, std::string_view name, Items const& from, Append append)
{
    append_json_string(out, name);
    out.append(":[");
    bool first = true;
    for (auto const& item : from)
    {
        append(first ? out : out.append(','), item);
        first = false;
    }
    out.append(']');
}

void append_text(text_buffer& out, std::string const& text) { append_json_string(out, text); }

void append_state(text_buffer& out, services const& all)
{
    struct trouble
    {
        bool is_there;
        std::string_view what;
    };
    std::array const troubles{
        trouble{all.draining.load(std::memory_order_relaxed), "tokend is stopping"},
        trouble{all.file != nullptr && !all.file->takes_issues(), "the tokens file cannot be written"},
        trouble{!all.can_record(), "the audit log cannot be written"},
    };
    out.append(R"("ready":)", yes_or_no(all.ready()), R"(,"reasons":[)");
    bool first = true;
    for (auto const& t : troubles)
        if (t.is_there)
        {
            append_json_string(first ? out : out.append(','), t.what);
            first = false;
        }
    out.append(']');
}

void append_operator(text_buffer& out, permits const& may)
{
    append_json_string(out.append(R"("operator":{"name":)"), may.name());
    append_list(out.append(','), "grants", may.grants(), [](text_buffer& to, auto const& grant) {
        append_json_string(to.append(R"({"role":)"), to_string(grant->role));
        append_list(to.append(','), "organisations", grant->organisations, append_text);
        to.append('}');
    });
    out.append('}');
}

void append_certificate(text_buffer& out, certificate_summary const& one)
{
    append_json_string(out.append(R"({"file":)"), one.file.string());
    out.append(R"(,"valid_from":")", write_rfc3339(one.validity.from).view());
    out.append(R"(","valid_until":")", write_rfc3339(one.validity.until).view(), R"("})");
}

void append_listener(text_buffer& out, process_status::listener const& one)
{
    append_json_string(out.append(R"({"name":)"), one.name);
    append_list(out.append(','), "addresses", one.addresses, append_text);
    out.append(R"(,"tls":)", yes_or_no(one.has_tls), R"(,"connections":)").append_number(one.connections);
    out.append(R"(,"max_connections":)").append_number(one.max_connections);
    append_list(out.append(','), "certificates", one.certificates, append_certificate);
    out.append('}');
}

void append_process(text_buffer& out, process_status const& now)
{
    out.append(R"(,"started_at":")", write_rfc3339(now.started_at).view(), '"');
    out.append(R"(,"tokens":{"live":)").append_number(now.live_tokens);
    out.append(R"(,"capacity":)").append_number(now.capacity);
    out.append(R"(},"configuration":{"read_at":")", write_rfc3339(now.configured_at).view());
    out.append(R"(","last_reload_successful":)", yes_or_no(now.reload_was_good), "},");
    append_list(out, "listeners", now.listeners, append_listener);
}

std::string host_name()
{
    std::array<char, 256> name{};
    bool const is_known = ::gethostname(name.data(), name.size() - 1) == 0 && is_utf8(name.data());
    return is_known ? name.data() : "";
}

}  // namespace

// What concerns all organisations is only for operators of all of them.
answered show_status(request_view const&, request_context& ctx, reply& out)
{
    text_buffer data{2048};
    data.append(R"({"version":")", std::string_view{TOKEND_VERSION}, R"(","now":")");
    data.append(write_rfc3339(whole_seconds(ctx.received)).view(), R"(",)");
    append_state(data, ctx.services);
    append_operator(data.append(','), ctx.permits());
    if (ctx.permits().allow_everywhere(role::viewer) && ctx.services.process != nullptr)
    {
        append_json_string(data.append(R"(,"node":)"), host_name());
        append_process(data, ctx.services.process->describe());
    }
    return out.ok(data.append('}').view());
}

}  // namespace tokend
