#include "command_functions.hpp"
#include "commands.hpp"

#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>

// The manual page tokenctl(1), in mdoc(7). What it says of commands is from their table.
namespace tokend {
namespace {

constexpr std::size_t most_columns = 76;

constexpr std::string_view head = R"(.\" Printed by `tokenctl manual`.
.Dd December 1, 2026
.Dt TOKENCTL 1
.Os
.Sh NAME
.Nm tokenctl
.Nd commands for the authentication-token server
.Sh SYNOPSIS
.Nm
.Ar command
.Op Ar option ...
.Op Ar argument ...
.Nm
.Ar command
.Fl -help
.Nm
.Fl -version
.Sh DESCRIPTION
.Nm
logs in to
.Xr tokend 8 ,
asks it whose a token is, and ends tokens.
For operators it shows and ends sessions and lock-outs, and explains why a
login is refused.
It also edits the files of the plugins
.Ql file
and
.Ql access_token ;
these commands need no running
.Xr tokend 8 ,
keep comments and order, and change only what they name.
.Pp
A secret is asked for on the terminal, or read from standard input or from a
file; it is never an argument.
.Pp
The commands are:
)";

constexpr std::string_view tail = R"(.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev TOKEND_SERVER
The
.Xr tokend 8
that clients talk to, as for
.Fl -server .
.It Ev TOKEND_ADMIN
Its address for operators, as for
.Fl -admin .
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /run/tokend/admin.sock
The socket for operators, if nothing else is named.
.El
.Sh EXIT STATUS
.Bl -tag -width Ds -compact
.It 0
Done.
.It 1
.Xr tokend 8
refuses it.
.It 2
No
.Xr tokend 8
answers, or it cannot do it now.
.It 64
The words are wrong, or a name or secret is bad.
.It 65
A file cannot be read, or has a mistake.
.It 70
An internal error.
.It 73
A file or folder cannot be written.
.El
.Sh EXAMPLES
Add a user, and log in:
.Bd -literal -offset indent
tokenctl user add /etc/tokend/staff.users anna --unit NORTH
TOKEN=$(tokenctl login --organisation EXAMPLE --username anna)
echo "$TOKEN" | tokenctl validate
.Ed
.Pp
See the sessions of that user, and end them:
.Bd -literal -offset indent
tokenctl sessions --organisation EXAMPLE --user anna
tokenctl revoke --organisation EXAMPLE --user anna
.Ed
.Sh SEE ALSO
.Xr tokend.conf 5 ,
.Xr tokend-api 7 ,
.Xr tokend 8
)";

std::string escaped(std::string_view word)
{
    std::string text;
    for (char const c : word)
        text.append(c == '\\' ? "\\e" : std::string{c});
    return text;
}

// A sentence begins a line, and no line looks like a macro.
void print_text(std::ostream& out, std::string_view text)
{
    std::string line;
    auto const end_line = [&] {
        if (!line.empty())
            out << (line.front() == '.' || line.front() == '\'' ? "\\&" : "") << line << '\n';
        line.clear();
    };
    while (!text.empty())
    {
        auto const end = std::min(text.find_first_of(" \n"), text.size());
        auto const word = escaped(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.size() + word.size() > most_columns)
            end_line();
        if (!word.empty())
            line.append(line.empty() ? "" : " ").append(word);
        if (word.ends_with('.') && !word.ends_with("..."))
            end_line();
    }
    end_line();
}

void print_options(std::ostream& out, command const& one)
{
    auto const all = options_of(one);
    out << ".Bl -tag -width Ds -compact\n";
    for (auto const& each : all.options())
    {
        if (each->long_name() == "help")
            continue;
        out << ".It Fl -" << each->long_name();
        if (each->semantic()->max_tokens() != 0)
            out << " Ar " << each->semantic()->name();
        out << '\n';
        print_text(out, each->description());
    }
    out << ".El\n";
}

void print_command(std::ostream& out, command const& one)
{
    out << ".It Cm " << one.name;
    if (one.add_options != nullptr)
        out << " Op Ar option ...";
    argument_names const names{one.arguments};
    for (auto const& name : names.mandatory)
        out << " Ar " << name;
    if (!names.optional.empty())
    {
        out << " Op Ar";
        for (auto const& name : names.optional)
            out << ' ' << name;
    }
    out << '\n';
    print_text(out, one.sentence);
    print_text(out, one.details);
    if (one.add_options != nullptr)
        print_options(out, one);
}

}  // namespace

void print_manual_page(command_line const&)
{
    auto& out = std::cout;
    out << head << ".Bl -tag -width Ds\n";
    for (auto const& one : all_commands())
        print_command(out, one);
    out << ".El\n" << tail;
}

}  // namespace tokend
