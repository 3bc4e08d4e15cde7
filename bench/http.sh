#!/usr/bin/env bash
# See bench/run. Server and wrk each have a core of their own, both on this machine over loopback, so the figures tell nothing
# about a network. wrk waits for an answer before it asks again on a connection: it finds the highest rate, not the latency at a
# given one.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=5
if [ "${1:-}" = --quick ]; then
    seconds=1
fi
rounds=3
build=build/release
server_core=0
client_core=$(($(nproc) - 1))

work=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$work"
}
trap stop EXIT

start_server() {
    : >"$work/out"
    taskset -c $server_core $build/tokend --config=etc/demo/tokend.conf --server.plugin-directory=$build/plugins \
        --listen.public.address=127.0.0.1:0 --server.workers=1 --login.blocking-threads=1 --log.level=error \
        >"$work/out" 2>"$work/err" &
    server=$!
    until grep -q '^listening public' "$work/out"; do
        if ! kill -0 $server 2>/dev/null; then
            cat "$work/err" >&2
            exit 1
        fi
        sleep 0.05
    done
    url=http://$(sed -n 's/^listening public //p' "$work/out")
}

# 200 live tokens, for validate.lua.
log_in() {
    local login='{"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"}'
    curl -sS --json "$login" "$url/authentication/token?[1-200]" | grep -o '"token":"[0-9A-F]*"' | cut -d'"' -f4 >"$work/tokens"
    export TOKENS=$work/tokens
}

cpu_nanoseconds() { awk '{ sum += $1 } END { printf "%.0f", sum }' /proc/"$server"/task/*/schedstat; }

# measure SCENARIO CONNECTIONS: appends requests a second, CPU in microseconds a request, and answers that are missing or not 2xx.
measure() {
    local before after
    before=$(cpu_nanoseconds)
    taskset -c "$client_core" wrk -t1 -c"$2" -d"${seconds}s" -s "bench/$1.lua" "$url" >"$work/wrk"
    after=$(cpu_nanoseconds)
    awk -v cpu=$((after - before)) '
        / requests in / { requests = $1 }
        /Requests\/sec:/ { rate = $2 }
        /Non-2xx/ { bad += $NF }
        /Socket errors:/ { bad += $4 + $6 + $8 + $10 }
        END { printf "%.0f %.2f %d\n", rate, requests ? cpu / requests / 1000 : 0, bad }' "$work/wrk" >>"$work/$1"
}

# column SCENARIO NUMBER: the median of what was measured, and the least and the greatest.
column() { cut -d' ' -f"$2" "$work/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[1], v[NR] }'; }
median() { column "$1" "$2" | cut -d' ' -f1; }

status=0
claim() { # NAME VALUE RELATION BOUND
    local verdict=ok
    if ! awk -v value="$2" -v bound="$4" -v relation="$3" 'BEGIN { exit !(relation == ">=" ? value >= bound : value <= bound) }'; then
        verdict=short
        status=1
    fi
    echo "claim: $1 $2 $3 $4 $verdict"
}

start_server
log_in
echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), Linux $(uname -r), loopback"
echo "tokend: core $server_core, one worker, one thread for hashing; wrk: core $client_core; $rounds rounds of ${seconds} s each, interleaved"
for ((round = 1; round <= rounds; ++round)); do
    for scenario in validate login; do
        if [ -t 1 ]; then
            printf '\r[%d/%d] %-10s' "$round" $rounds $scenario
        else
            echo "[$round/$rounds] $scenario"
        fi
        case $scenario in
            validate) measure validate 64 ;;
            login) measure login 16 ;;
        esac
    done
done
if [ -t 1 ]; then
    printf '\r%30s\r' ''
fi

printf '%-10s %12s %10s %10s %12s\n' scenario requests/s least greatest 'us CPU/req'
for scenario in validate login; do
    read -r middle least greatest <<<"$(column $scenario 1)"
    printf '%-10s %12s %10s %10s %12s\n' $scenario "$middle" "$least" "$greatest" "$(median $scenario 2)"
done
claim validate_requests_per_second "$(median validate 1)" '>=' 20000
claim login_requests_per_second "$(median login 1)" '>=' 300
claim answers_missing_or_not_2xx "$(awk '{ sum += $3 } END { print sum }' "$work/validate" "$work/login")" '<=' 0
exit $status
