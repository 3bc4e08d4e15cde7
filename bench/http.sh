#!/usr/bin/env bash
# See bench/run. Everything goes over loopback on one machine, so the figures do not include a network. wrk waits for an
# answer before its next request on a connection, and costs more than the servers: with a core for each, wrk limits the
# requests a second. What decides is the server's CPU for each request, and requests a second where both share one core.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=3 rounds=5 tokens=1000000 brief=25 idle=10000
if [ "${1:-}" = --quick ]; then
    seconds=1 rounds=1 tokens=100000 brief=5
fi
build=build/release
server_core=0
client_core=$(($(nproc) - 1))
nginx_port=18079
directory_port=10390
name=http$([ "${1:-}" = --quick ] && echo -quick || true)
results=bench/results
mkdir -p $results
work=$(mktemp -d)
# shellcheck source=/dev/null
. bench/http/servers.sh
. bench/http/measure.sh
. bench/directory.sh
trap stop_servers EXIT
ulimit -n "$(ulimit -Hn)"

write_configuration
start_directory "$work/slapd" etc/demo/ldap.ldif $directory_port
running+=("$directory")
start_tokend taskset -c $server_core
progress "issuing $tokens tokens"
issue_tokens "$tokens" BENCH "$work/tokens"
start_nginx "$(head -1 "$work/tokens")" taskset -c $server_core

echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), loopback," \
    "load $(cut -d' ' -f1 /proc/loadavg)"
echo "servers: core $server_core, one worker each; wrk: core $client_core, or $server_core where it says same;" \
    "64 connections; $tokens live tokens at random; $rounds interleaved rounds of ${seconds} s"
: >"$work/samples"
for ((round = 1; round <= rounds; ++round)); do
    for scenario in $scenarios; do
        for server in tokend nginx; do
            progress "round $round of $rounds: $scenario $server"
            measure $scenario $server
        done
    done
done
disturb
count_idle_memory
count_instructions
progress ''
report
