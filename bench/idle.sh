#!/usr/bin/env bash
# See bench/run. Counts how often the threads of an idle tokend get a core, with a tokens file and a directory, after
# one login and its release, so that all connections exist. A wake-up is a voluntary or involuntary switch of a thread,
# as /proc/PID/task/TID/status counts it. nginx, if it is installed, is counted beside it.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=60
if [ "${1:-}" = --quick ]; then
    seconds=10
fi
build=build/release

work=$(mktemp -d)
processes=()
stop() {
    for process in "${processes[@]}"; do
        kill "$process" 2>/dev/null || true
        wait "$process" || true
    done
    rm -rf "$work"
}
trap stop EXIT
# shellcheck source=/dev/null
. bench/claim.sh
# shellcheck source=/dev/null
. bench/directory.sh

free_port() {
    local port
    for ((port = 20000 + RANDOM % 12000; ; ++port)); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}

start_directory "$work/slapd" etc/demo/ldap.ldif "$(free_port)"
processes+=("$directory")
$build/tokend --config=etc/demo/ldap.conf --server.allow-loose-modes=yes --server.plugin-directory=$build/plugins \
    --listen.public.address=127.0.0.1:0 --tokens.file="$work/tokens" \
    --backend.directory.uris="$directory_uri" --backend.directory.start-tls=no \
    >"$work/out" 2>"$work/tokend.log" &
tokend=$!
processes+=($tokend)
until grep -q '^listening public' "$work/out"; do
    if ! kill -0 $tokend 2>/dev/null; then
        cat "$work/tokend.log" >&2
        exit 1
    fi
    sleep 0.05
done
url=http://$(sed -n 's/^listening public //p' "$work/out")

post() { curl -sS "$url$1" -H 'Content-Type: application/json' -d "$2"; }
token=$(post /authentication/token '{"username":"mpadministrator","password":"1234","organisation":"CRMDEMO"}' |
    sed -n 's/.*"token":"\([0-9A-F]*\)".*/\1/p')
if [ -z "$token" ]; then
    echo "the login through the directory failed" >&2
    cat "$work/tokend.log" >&2
    exit 1
fi
post /authentication/token/release "{\"token\":\"$token\"}" >/dev/null

# Prints the switches of each thread: TID, name, count.
switches() { # PID
    local status
    for status in /proc/"$1"/task/*/status; do
        awk '$1 == "Name:" { name = $2 } $1 == "Pid:" { id = $2 }
            $1 ~ /ctxt_switches:$/ { sum += $2 } END { print id, name, sum }' "$status" 2>/dev/null || true
    done
}
# Prints the wake-ups a second of each thread, old or new.
rates() { # BEFORE AFTER: NAME RATE
    awk -v seconds=$seconds '
        NR == FNR { before[$1] = $3; next }
        { printf "%s %.2f\n", $2, ($3 - before[$1]) / seconds }' "$1" "$2"
}

if command -v nginx >/dev/null; then
    port=$(free_port)
    cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http {
    access_log off;
    server { listen 127.0.0.1:$port; location / { return 200; } }
}
CONF
    nginx -c "$work/nginx.conf" -e "$work/nginx.log" 2>"$work/nginx.out" &
    nginx=$!
    processes+=($nginx)
    until curl -sS -o /dev/null "http://127.0.0.1:$port/" 2>/dev/null; do
        kill -0 $nginx
        sleep 0.05
    done
fi
nginx_switches() {
    local process
    for process in $nginx $(cat /proc/$nginx/task/$nginx/children); do
        switches "$process"
    done
}

sleep 3  # for the work that the login began, such as the write to the disk
switches $tokend >"$work/before"
if [ -n "${nginx:-}" ]; then
    nginx_switches >"$work/nginx.before"
fi
sleep $seconds
switches $tokend >"$work/after"
if [ -n "${nginx:-}" ]; then
    nginx_switches >"$work/nginx.after"
fi

echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r);" \
    "$seconds s without a request"
rates "$work/before" "$work/after" | sort -k2,2nr -k1,1 | awk '{ printf "%-16s %8s wake-ups/s\n", $1, $2 }'
sum() { awk '{ sum += $2 } END { printf "%.2f\n", sum }'; }
if [ -n "${nginx:-}" ]; then
    printf '%-16s %8s wake-ups/s\n' 'nginx, all' "$(rates "$work/nginx.before" "$work/nginx.after" | sum)"
fi
claim wakeups_per_second "$(rates "$work/before" "$work/after" | sum)" '<=' 2
exit $status
