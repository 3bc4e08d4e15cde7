#!/usr/bin/env bash
# Requests per second and server CPU per request of validate and login, interleaved, medians. Server on core 0, wrk on the last core.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
seconds=5
rounds=3
[ "${1:-}" != --quick ] || { seconds=2; rounds=3; }

work=$(mktemp -d)
server=
stop() { [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server"; } || true; rm -rf "$work"; }
trap stop EXIT

last=$(($(nproc) - 1))
taskset -c 0 "$root/build/release/tokend" --config="$root/etc/demo/tokend.conf" --server.plugin-directory="$root/build/release/plugins" \
    --listen.public.address=127.0.0.1:0 --server.workers=1 --login.blocking-queue=1024 --log.level=error >"$work/out" 2>"$work/err" &
server=$!
for _ in $(seq 100); do grep -q listening "$work/out" && break || sleep 0.05; done
url=http://$(sed -n 's/^listening public //p' "$work/out")
echo "server: core 0, one worker; wrk: core $last; $rounds rounds of ${seconds}s each, interleaved; medians"

for _ in $(seq 200); do
    curl -s "$url/authentication/token" -H 'Content-Type: application/json' \
        -d '{"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"}'
    echo
done | grep -o '[0-9A-F]\{32\}' >"$work/tokens"
export TOKENS=$work/tokens

cpu_ns() { awk '{ sum += $1 } END { printf "%.0f", sum }' /proc/"$server"/task/*/schedstat; }
# Appends requests/s, CPU in us per request, and answers other than 2xx.
measure() {
    local scenario=$1 connections=$2 before after
    before=$(cpu_ns)
    taskset -c "$last" wrk -t1 -c"$connections" -d"${seconds}s" -s "$root/bench/$scenario.lua" "$url" >"$work/wrk"
    after=$(cpu_ns)
    awk -v cpu=$((after - before)) '
        / requests in / { requests = $1 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = $NF } / Socket errors:/ { bad += $4 + $6 + $8 + $10 }
        END { printf "%.0f %.2f %d\n", rate, cpu / requests / 1000, bad }' "$work/wrk" >>"$work/$scenario"
}
for round in $(seq "$rounds"); do
    for scenario in validate login; do
        [ ! -t 1 ] || printf '\r[%d/%d] %-10s' "$round" "$rounds" "$scenario"
        [ $scenario = validate ] && measure validate 64 || measure login 16
    done
done
[ ! -t 1 ] || printf '\r%30s\r' ''

median() { cut -d' ' -f"$2" "$work/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
range() { cut -d' ' -f1 "$work/$1" | sort -n | sed -n '1p;$p' | paste -sd- ; }
printf '%-10s %12s %18s %12s\n' scenario requests/s 'min-max' 'us CPU/req'
for s in validate login; do printf '%-10s %12s %18s %12s\n' $s "$(median $s 1)" "$(range $s)" "$(median $s 2)"; done

status=0
claim() { # name value relation bound
    local verdict=ok
    awk -v a="$2" -v b="$4" -v r="$3" 'BEGIN { exit !(r == ">=" ? a >= b : a <= b) }' || { verdict=short; status=1; }
    echo "claim: $1 $2 $3 $4 $verdict"
}
claim validate_requests_per_second "$(median validate 1)" '>=' 20000
claim login_requests_per_second "$(median login 1)" '>=' 300
claim answers_other_than_2xx "$(awk '{ sum += $3 } END { print sum }' "$work/validate" "$work/login")" '<=' 0
exit $status
