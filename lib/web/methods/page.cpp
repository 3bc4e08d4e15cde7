#include "web/methods/methods.hpp"
#include "web/page/page_files.hpp"
#include "web/request_context.hpp"

#include <algorithm>
#include <string_view>

// The status page. All that it shows comes from the methods of administration, which ask who calls.
namespace tokend {
namespace {

std::string_view media_type_of(std::string_view name) noexcept
{
    return name.ends_with(".html")  ? "text/html; charset=utf-8"
           : name.ends_with(".css") ? "text/css; charset=utf-8"
                                    : "text/javascript; charset=utf-8";
}

answered show(page_file const& file, reply& out)
{
    // Nothing but the page's own files runs, and no other page shows this one (CSP level 3).
    out.header("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
               "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    out.header("Cross-Origin-Resource-Policy", "same-origin");
    out.header("Referrer-Policy", "no-referrer");
    return out.plain(200, media_type_of(file.name), file.text);
}

answered show(std::string_view name, reply& out)
{
    auto const all = page_files();
    auto const found = std::ranges::find(all, name, &page_file::name);
    return found == all.end() ? out.refuse({code::not_found, {}, "no such file of the page"}) : show(*found, out);
}

}  // namespace

answered show_page(request_view const&, request_context&, reply& out) { return show("index.html", out); }

answered show_page_file(request_view const&, request_context& ctx, reply& out) { return show(ctx.match.segment, out); }

}  // namespace tokend
