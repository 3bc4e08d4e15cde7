#!/usr/bin/env bash
# See bench/run. tokend and nginx speak TLS with the same certificate (ECDSA P-256), suites and groups, and take turns
# on one core; wrk and bench/tls/handshakes.cpp run on another one.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=3 rounds=7 idle=10000
if [ "${1:-}" = --quick ]; then
    seconds=1 rounds=3
fi
build=build/release
server_core=0
client_core=$(($(nproc) - 1))
nginx_port=18443
directory_port=10391
scheme=https
brief=60
results=bench/results
mkdir -p $results
work=$(mktemp -d)
# shellcheck source=/dev/null
. bench/http/servers.sh
# shellcheck source=/dev/null
. bench/http/measure.sh
trap stop_servers EXIT
ulimit -n "$(ulimit -Hn)"

export CURL_HOME=$work
echo insecure >"$work/.curlrc"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>"$work/said"
suites=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305
nginx_tls=" ssl; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; ssl_ciphers $suites;
ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:prime256v1:secp384r1; ssl_prefer_server_ciphers off"

write_configuration
sed -i "s|^address = 127.0.0.1:0|&\ntls-certificates = $work/cert.pem\ntls-keys = $work/key.pem|" "$work/tokend.conf"
sed -i 's|^\[tokens\]|[http]\nidle-timeout = 10m\n&|' "$work/tokend.conf"
start_tokend taskset -c $server_core
issue_tokens 10000 BENCH "$work/tokens"
token=$(head -1 "$work/tokens")
start_nginx "$token" taskset -c $server_core

# measure_handshakes full|resumed SERVER: appends a line to $work/samples, as measure() does.
measure_handshakes() {
    local process=$nginx url=$nginx_url before after count resumed bad
    if [ "$2" = tokend ]; then process=$tokend url=$tokend_url; fi
    before=$(cpu_nanoseconds "$process")
    read -r count resumed bad < <(taskset -c "$client_core" $build/bench/tls/bench_handshakes "${url##*:}" "$1" \
        "$seconds" "$token")
    after=$(cpu_nanoseconds "$process")
    if [ "$1" = resumed ]; then bad=$((bad + count - 1 - resumed)); else bad=$((bad + resumed)); fi
    awk -v name="$1 $2" -v n="$count" -v s="$seconds" -v cpu=$((after - before)) -v bad="$bad" \
        'BEGIN { printf "%s %.0f %.3f %d\n", name, n / s, cpu / n / 1000, bad }' >>"$work/samples"
}

# Prints the growth in MiB of a server's resident set by idle connections that have shaken hands.
idle_memory() { # PROCESS URL
    local before after
    before=$(resident_kib_of "$1")
    coproc idle_client { taskset -c "$client_core" $build/bench/tls/bench_handshakes "${2##*:}" idle $idle; }
    # shellcheck disable=SC2154
    local in=${idle_client[1]} out=${idle_client[0]} line=
    read -r line <&"$out" || true
    sleep 0.5
    after=$(resident_kib_of "$1")
    exec {in}>&-
    wait "$idle_client_PID" || true
    [ "$line" = open ] || after=$((before + 99999 * 1024))
    awk -v a="$after" -v b="$before" 'BEGIN { printf "%.1f", (a - b) / 1024 }'
}
resident_kib_of() { awk '/^VmRSS:/ { print $2 }' /proc/"$1"/status; }

echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r)," \
    "$(openssl version | cut -d' ' -f1,2), loopback, load $(cut -d' ' -f1 /proc/loadavg)"
: >"$work/samples"
for ((round = 1; round <= rounds; ++round)); do
    for server in tokend nginx; do
        progress "round $round of $rounds: $server"
        measure validate $server
        measure_handshakes full $server
        measure_handshakes resumed $server
    done
done
progress "$idle idle connections"
sed -i 's/^capacity = .*/capacity = 1000/' "$work/tokend.conf"  # a large table would become resident bit by bit
start_tokend taskset -c $server_core
idle_tokend=$(idle_memory "$tokend" "$tokend_url")
idle_nginx=$(idle_memory "$nginx" "$nginx_url")
progress ''

# The median of the proportions of one round each, with the least and the greatest.
proportion() { # SCENARIO
    paste <(awk -v s="$1" '$1 == s && $2 == "tokend" { print $4 }' "$work/samples") \
        <(awk -v s="$1" '$1 == s && $2 == "nginx" { print $4 }' "$work/samples") |
        awk '{ printf "%.3f\n", $1 / $2 }' | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[1], v[NR] }'
}

{
    echo 'scenario,server,cpu_us,least,greatest,a_second_of_one_core,measured_a_second,proportion,least,greatest'
    for scenario in validate full resumed; do
        for server in tokend nginx; do
            read -r cpu least greatest < <(samples_of $scenario $server 4)
            echo "$scenario,$server,$cpu,$least,$greatest,$(awk -v c="$cpu" 'BEGIN { printf "%.0f", 1e6 / c }')$(
                ),$(median $scenario $server 3),$(proportion $scenario | tr ' ' ',')"
        done
    done
} >"$results/tls.csv"
column -s, -t "$results/tls.csv"
echo "$idle idle connections, MiB: tokend $idle_tokend, nginx $idle_nginx"
claim validate_cpu_times_nginx "$(proportion validate | cut -d' ' -f1)" '<=' 1.15
claim full_handshake_cpu_times_nginx "$(proportion full | cut -d' ' -f1)" '<=' 1.1
claim resumed_handshake_cpu_times_nginx "$(proportion resumed | cut -d' ' -f1)" '<=' 1.1
claim idle_tls_connections_mib "$idle_tokend" '<=' 300
claim answers_missing_or_not_2xx "$(awk '{ sum += $5 } END { print sum }' "$work/samples")" '<=' 0
exit $status
