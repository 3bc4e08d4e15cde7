# Sourced by bench/abuse.sh: the clients. All have a core of their own, where those that attack step back (nice).
# Expects what server.sh sets, and `client_core`.

password_login() { # NAME PASSWORD ORGANISATION
    printf '/authentication/token {"username":"%s","password":"%s","organisation":"%s"}\n' "$@"
}
code_login() { # CODE ORGANISATION
    printf '/authentication/token {"access_token_identifier":{"authentication_code":"%s"},"organisation":"%s"}\n' "$@"
}

# Requests as bench_load reads them.
write_requests() {
    local tenant number
    for tenant in ONE TWO; do
        for number in $users; do
            password_login "user$number" "secret-$number" $tenant >>"$work/good.$tenant"
            code_login "$tenant-code-$number" $tenant >>"$work/good-codes"
        done
    done
    password_login 'name{n}' 'guess{n}' ONE >"$work/guess-names"
    password_login victim 'guess{n}' ONE >"$work/guess-one-name"
    password_login 'name{n}' secret WAITS >"$work/waits"
    password_login 'name{n}' secret BLOCKS >"$work/blocks"
    code_login 'guess{n}' ONE >"$work/guess-codes"
    {
        echo '/authentication/token/validate {}'
        echo '/authentication/web_api_key/token {}'
        cat "$work/guess-one-name"
    } >"$work/junk"
}

# load REQUESTS OPTION...: good clients, with addresses that no attacker has. Prints the line of bench_load.
load() {
    taskset -c "$client_core" $build/bench/abuse/bench_load --port="$port" --requests="$work/$1" --from=127.0.1.1 \
        --addresses=32 "${@:2}"
}

# Both return when the attackers have connected.
begin_flood() { # REQUESTS OPTION...
    begin_attack bench_load --port="$port" --requests="$work/$1" --seconds=600 "${@:2}"
}
begin_slowness() { # MANNER PORT CONNECTIONS
    begin_attack bench_slow --manner="$1" --port="$2" --connections="$3" --from=127.0.0.2
}
begin_attack() { # PROGRAM OPTION...
    local output=$work/attack.${#attacks[@]}
    : >"$output"
    (exec nice -n 10 taskset -c "$client_core" $build/bench/abuse/"$1" "${@:2}" >"$output") &
    attacks+=($!)
    until grep -q '^open' "$output"; do
        kill -0 "${attacks[-1]}"
        sleep 0.05
    done
}
attacks=()
# $work/attack then has a line of each.
end_attacks() {
    local number
    [ ${#attacks[@]} -gt 0 ] || return 0
    kill "${attacks[@]}"
    wait "${attacks[@]}" || true
    for number in "${!attacks[@]}"; do
        tail -1 "$work/attack.$number"
    done >"$work/attack"
    attacks=()
}

value() { # NAME FILE: of a line NAME=VALUE NAME=VALUE...
    tr ' ' '\n' <"$2" | awk -F= -v name="$1" '$1 == name { found = $2 } END { print found + 0 }'
}
# The share of good answers, their p50 and p99 in ms, and how many are missing.
outcome_of() { # FILE
    local sent ok
    sent=$(value sent "$1")
    ok=$(value ok "$1")
    echo "$(ratio "$ok" "$sent") $(value p50 "$1") $(value p99 "$1") $((sent - ok))"
}
# Prints a column of the lines of a file that begin with these words.
values() { # FILE COLUMN WORD...
    awk -v column="$2" -v words="${*:3} " 'index($0, words) == 1 { print $column }' "$1"
}
