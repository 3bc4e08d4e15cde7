# Refuses what g++ 12 compiles wrongly: inside an expression with co_await or co_spawn a brace or a lambda, and co_await as an operand
# of &&, || or ?: (temporaries of the operand that is not evaluated are destroyed all the same).
# Usage: awk -f coawait.awk FILE...; prints file:line of each and exits 1 if there is one.

function finish() {
    if (statement ~ /co_await|co_spawn/) {
        if (braces)
            complain("a brace or a lambda inside an expression with co_await or co_spawn: name it first")
        if (statement ~ /co_await/ && statement ~ /( && )|( \|\| )|( \? )/)
            complain("co_await beside &&, || or ?: take it out into a statement of its own")
    }
    statement = ""; braces = 0; depth = 0
}
function complain(what) { printf "%s:%d: %s\n", FILENAME, first_line, what; bad = 1 }

FNR == 1 { statement = ""; braces = 0; depth = 0; in_comment = 0 }
{
    line = $0
    gsub(/\\./, "", line)
    gsub(/"[^"]*"/, "\"\"", line)
    gsub(/'[^']*'/, "''", line)
    sub(/\/\/.*/, "", line)
    if (line ~ /^[ \t]*#/) next
    n = length(line)
    for (i = 1; i <= n; ++i) {
        c = substr(line, i, 1)
        if (statement ~ /^[ \t\n]*$/) first_line = FNR
        if (c == "(") ++depth
        if (c == ")") --depth
        if (c == "{" && depth > 0) braces = 1
        statement = statement c
        if (depth <= 0 && (c == ";" || c == "{" || c == "}")) finish()
        else if (depth == 0 && c == ")" && statement ~ /^[ \t\n]*(else[ \t]+)?(if|while|for|switch)[ \t]*(constexpr[ \t]*)?\(/) finish()
    }
    statement = statement " "
}
END { exit bad }
