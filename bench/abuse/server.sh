# Sourced by bench/abuse.sh: the tokend that is attacked, and the clients. Expects `work`, `build`, `server_core` and
# `client_core`.

# Two tenants with users whose hashes are those that tokenctl makes, and codes. All keys that are not named here have
# their defaults: lock-out is on, and networks have no limits.
write_configuration() { # [LINE...]: at the end
    local tenant number
    mkdir -p "$work/plugins"
    cp $build/plugins/{file,access_token}.so "$work/plugins"
    chmod 755 "$work" "$work/plugins"
    for tenant in ONE TWO; do
        for number in 1 2 3 4 5 6 7 8; do
            echo "secret-$number" | $build/tokenctl user add "$work/$tenant.users" "user$number" --unit U1
        done
    done >"$work/said"
    cat >"$work/tokend.conf" <<CONF
[server]
workers = 1
[listen.public]
address = 127.0.0.1:0
[backend.one-staff]
plugin = file
users = $work/ONE.users
[backend.two-staff]
plugin = file
users = $work/TWO.users
[organisation.ONE]
backends = one-staff
[organisation.TWO]
backends = two-staff
CONF
}

stop_tokend() {
    kill "$tokend"
    wait "$tokend" || true
    running=()
}

# Requests as bench_load reads them.
write_requests() {
    local tenant number
    for tenant in ONE TWO; do
        for number in 1 2 3 4 5 6 7 8; do
            echo "/authentication/token $(login "user$number" "secret-$number" $tenant)"
        done >"$work/good.$tenant"
    done
    echo "/authentication/token $(login 'name{n}' 'guess{n}' ONE)" >"$work/guess-names"
    echo "/authentication/token $(login victim 'guess{n}' ONE)" >"$work/guess-one-name"
}
login() { printf '{"username":"%s","password":"%s","organisation":"%s"}' "$@"; }

# load REQUESTS OPTION...: prints the line of bench_load. Its clients share a core, and those that attack leave it to
# the others.
load() {
    taskset -c "$client_core" $build/bench/abuse/bench_load --port="${tokend_url##*:}" --requests="$work/$1" "${@:2}"
}
begin_attack() { # REQUESTS OPTION...
    (exec nice -n 10 taskset -c "$client_core" $build/bench/abuse/bench_load --port="${tokend_url##*:}" \
        --requests="$work/$1" --seconds=600 "${@:2}" >"$work/attack") &
    attack=$!
}
end_attack() {
    kill $attack
    wait $attack || true
}
value() { # NAME FILE: of a line NAME=VALUE NAME=VALUE...
    tr ' ' '\n' <"$2" | awk -F= -v name="$1" '$1 == name { found = $2 } END { print found + 0 }'
}
# The share of good answers, and their p50 and p99 in ms.
outcome_of() { # FILE
    echo "$(ratio "$(value ok "$1")" "$(value sent "$1")") $(value p50 "$1") $(value p99 "$1")"
}
