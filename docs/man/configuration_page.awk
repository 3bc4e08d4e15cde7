# Makes tokend.conf(5) of etc/tokend.conf, which explains every key above its default.

function escaped(text) {
    gsub(/\\/, "\\e", text)
    while (match(text, /`[^`]*`/))
        text = substr(text, 1, RSTART - 1) "\\fB" substr(text, RSTART + 1, RLENGTH - 2) "\\fP" \
            substr(text, RSTART + RLENGTH)
    return text
}

# A line of at most 78 characters. It must not look like a macro.
function print_line(line) {
    if (line != "")
        print (line ~ /^[.']/ ? "\\&" : "") line
}

# A sentence begins a line.
function print_text(text,    count, words, i, line) {
    count = split(escaped(text), words, / +/)
    line = ""
    for (i = 1; i <= count; i++) {
        if (length(line) + length(words[i]) > 76) {
            print_line(line)
            line = ""
        }
        line = line (line == "" ? "" : " ") words[i]
        if (words[i] ~ /[.][)]?$/) {
            print_line(line)
            line = ""
        }
    }
    print_line(line)
}

function end_list() {
    if (in_list)
        print ".El"
    in_list = 0
}

# Keys stand below their explanation; here they stand above it.
function end_keys() {
    if (!keys)
        return
    if (!in_list)
        print ".Bl -tag -width Ds"
    in_list = 1
    printf "%s", tags
    if (explanation != "")
        print_text(explanation)
    keys = 0
    tags = explanation = ""
}

function end_explanation() {
    if (explanation == "")
        return
    end_list()
    if (is_begun)
        print ".Pp"
    is_begun = 1
    print_text(explanation)
    explanation = ""
}

BEGIN {
    print ".\\\" Made of etc/tokend.conf by docs/man/configuration_page.awk."
    print ".Dd December 1, 2026\n.Dt TOKEND.CONF 5\n.Os"
    print ".Sh NAME\n.Nm tokend.conf\n.Nd the configuration of the authentication-token server"
    print ".Sh SYNOPSIS\n.Nm /etc/tokend/tokend.conf\n.Sh DESCRIPTION"
    title = 1
}

# The columns of the first comment are a list of their own.
/^# [A-Z][a-z ]*[a-z]   +[^ ]/ && !in_sections {
    end_explanation()
    if (!in_list)
        print ".Bl -tag -width Ds"
    in_list = 1
    name = value = substr($0, 3)
    sub(/   +.*/, "", name)
    sub(/^.*[a-z]   +/, "", value)
    print ".It " name
    print_text(value)
    next
}

/^# / {
    if (keys)
        end_keys()
    if (title) {
        sub(/^# tokend.conf: /, "# This file is ")  # its first line
        title = 0
    }
    explanation = explanation (explanation == "" ? "" : " ") substr($0, 3)
    next
}

/^#?\[/ {
    end_keys()
    if (!in_sections) {
        end_explanation()
        print ".Sh SECTIONS"
    }
    in_sections = 1
    end_list()
    section = $0
    gsub(/[^a-zA-Z.]/, "", section)
    print ".Ss Section " section
    if (explanation != "")
        print_text(explanation)
    explanation = ""
    next
}

/^#?[a-z][a-z-]* =/ {
    sub(/^#/, "")
    tags = tags ".It Ic " escaped($0) "\n"
    keys = 1
    next
}

{ # an empty line, or one with # alone
    if (keys)
        end_keys()
    else if (!in_sections)
        end_explanation()
}

END {
    end_keys()
    end_explanation()
    end_list()
    print ".Sh FILES\n.Bl -tag -width Ds"
    print ".It Pa /etc/tokend/tokend.conf\nThe configuration."
    print ".It Pa /etc/tokend/conf.d/*.conf\nRead after it in the order of their names."
    print ".It Pa /etc/tokend/secrets\nSecrets that a service gets by\n.Ic LoadCredential= .\n.El"
    print ".Sh SEE ALSO\n.Xr tokenctl 1 ,\n.Xr tokend-api 7 ,\n.Xr tokend-plugin 7 ,\n.Xr tokend 8"
}
