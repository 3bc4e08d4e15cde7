#!/usr/bin/env bash
# See bench/run. Three tokends take turns on one core, as in bench/http.sh: without a file, with a file on the disk's
# file system, and with a file on tmpfs.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=3 rounds=5 tokens=300000 many=10000000 starts=7 disk_tokens=1000000
if [ "${1:-}" = --quick ]; then
    seconds=1 rounds=2 tokens=100000 many=1000000 starts=3 disk_tokens=200000
fi
# shellcheck disable=SC2034  # the sourced files use brief and directory_port
build=build/release brief=60
server_core=0 directory_port=1
client_core=$(($(nproc) - 1))
work=$(mktemp -d -p "${BENCH_DISK:-/var/tmp}")
memory=$(mktemp -d -p /dev/shm)
# shellcheck source=/dev/null
. bench/http/servers.sh
# shellcheck source=/dev/null
. bench/http/measure.sh
trap 'stop_servers; rm -rf "$memory"' EXIT
ulimit -n "$(ulimit -Hn)"
places="none disk tmpfs"

declare -A urls processes

start_tokend_with() { # NAME OPTION...
    local name=$1
    shift
    : >"$work/out"
    taskset -c $server_core $build/tokend --config="$work/tokend.conf" --server.plugin-directory="$work/plugins" "$@" \
        >"$work/out" 2>"$work/err.$name" &
    tokend=$!
    running+=("$tokend")
    until grep -q '^listening public' "$work/out"; do
        kill -0 $tokend 2>/dev/null || { cat "$work/err.$name" >&2; exit 1; }
        sleep 0.01
    done
    tokend_url=http://$(sed -n 's/^listening public //p' "$work/out")
    urls[$name]=$tokend_url
    processes[$name]=$tokend
}

use() { # NAME: selects the tokend that the functions of bench/http/measure.sh measure
    tokend=${processes[$1]} tokend_url=${urls[$1]}
}

p99_beside_issues() { # NAME: p99 of validate in ms, at a third of its rate, while tokens are issued
    local rate pause
    use "$1"
    rate=$(median validate none 3)
    pause=$(awk -v r="$rate" 'BEGIN { printf "%.0f", 64 * 3000 / r }')
    SCENARIO=issue PAUSE=2 begin_generating -c16 -d60s "$tokend_url"
    sleep 0.2
    SCENARIO=validate PAUSE=$((pause > 0 ? pause : 1)) TOKENS=$work/tokens.$1 \
        generate "$client_core" -c64 -d"$((seconds * 2))s" --latency "$tokend_url" >"$work/wrk"
    end_generating
    awk '$1 == "99%" { t = $2; print t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }' "$work/wrk"
}

releases() { # CLIENTS: prints releases a second, and p99 in ms
    use sync
    SCENARIO=release TOKENS=$work/tokens.sync OFFSET=$2 \
        generate "$client_core" -c"$1" -d"${seconds}s" --latency "$tokend_url" >"$work/wrk"
    awk '/Requests\/sec:/ { rate = $2 } $1 == "99%" { t = $2; p = t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
         / requests in / { n = $1 } END { printf "%.0f %.2f %d\n", rate, p, n }' "$work/wrk"
}

# Prints the seconds from exec to ready with that many live tokens, over $starts starts: median, least, greatest.
ready() { # COUNT
    local file=$work/many begun start line
    progress "a file of $1 tokens"
    $build/bench/durable/bench_tokens fill "$file" "$1" "$work/many.tokens" >"$work/said"
    mkfifo "$work/line"
    for ((start = 1; start <= starts; ++start)); do
        progress "start $start of $starts with $1 tokens"
        begun=$(date +%s%N)
        $build/tokend --config="$work/tokend.conf" --server.plugin-directory="$work/plugins" --tokens.capacity="$1" \
            --tokens.file="$file" >"$work/line" 2>"$work/err" &
        tokend=$!
        running+=("$tokend")
        read -r line <"$work/line" || { cat "$work/err" >&2; exit 1; }
        awk -v a="$begun" -v b="$(date +%s%N)" 'BEGIN { printf "ready tokend %.3f\n", (b - a) / 1e9 }' >>"$work/samples"
        sleep 2  # until the tokens are linked
        resident=$(resident_kib)
        kill $tokend
        wait $tokend || true
    done
    progress "asking for each of $1 tokens"
    $build/bench/durable/bench_tokens check "$file" "$1" "$work/many.tokens" >"$work/said"
    valid=$(sed -n 's/^valid //p' "$work/said")
    ready_seconds=$(median ready tokend 3)
    echo "from exec to ready with $1 live tokens: $(samples_of ready tokend 3) s" \
        "(median, least, greatest of $starts), $valid of them valid, $((resident / 1024)) MiB resident afterwards;" \
        "opened by a process without a server: $(sed -n 's/^opened \([0-9.]*\) s.*/\1/p' "$work/said") s"
    sed -i '/^ready /d' "$work/samples"
    rm -f "$file" "$work/many.tokens" "$work/line"
}

write_configuration
start_tokend_with none
start_tokend_with disk --tokens.file="$work/tokens-file"
start_tokend_with tmpfs --tokens.file="$memory/tokens-file"
for place in $places; do
    progress "issuing $tokens tokens: $place"
    use "$place"
    issue_tokens "$tokens" BENCH "$work/tokens.$place"
done
echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r)," \
    "$(stat -f -c %T "$work"), load $(cut -d' ' -f1 /proc/loadavg)"
: >"$work/samples"
for ((round = 1; round <= rounds; ++round)); do
    for scenario in validate issue; do
        for place in $places; do
            progress "round $round of $rounds: $scenario $place"
            use "$place"
            cp "$work/tokens.$place" "$work/tokens"
            measure_process "$scenario" "$place" "$tokend" "$tokend_url"
        done
    done
    for place in $places; do
        progress "round $round of $rounds: p99 of validate beside issues: $place"
        echo "p99 $place 0 $(p99_beside_issues "$place") 0" >>"$work/samples"
    done
done
column -t <<TABLE
scenario place requests/s CPU-us times-none
$(for s in validate issue; do
    for p in $places; do
        echo "$s $p $(median $s $p 3) $(median $s $p 4) $(ratio "$(median $s $p 4)" "$(median $s none 4)")"
    done
done)
TABLE
for place in $places; do
    echo "p99 of validate while tokens are issued, $place: $(samples_of p99 "$place" 4) ms (median, least, greatest)"
done
for place in $places; do
    kill "${processes[$place]}"
done

start_tokend_with sync --tokens.file="$work/sync-file" --tokens.sync-release=yes
issue_tokens $tokens BENCH "$work/tokens.sync"
read -r one_rate one_p99 one_count <<<"$(releases 1 0)"
read -r all_rate all_p99 _ <<<"$(releases 64 "$one_count")"
read -r loop_rate loop_p99 <<<"$($build/bench/durable/bench_fdatasync "$work/loop" "$seconds")"
echo "releases on the disk before they are answered: 1 client $one_rate/s, p99 $one_p99 ms;" \
    "64 clients $all_rate/s, p99 $all_p99 ms; a loop of fdatasync $loop_rate/s, p99 $loop_p99 ms"

ready 1000000
if [ "$many" != 1000000 ]; then
    ready "$many"
fi
progress "disk that $disk_tokens tokens take"
$build/bench/durable/bench_tokens disk "$work/disk-file" "$disk_tokens" $((disk_tokens / 100)) >"$work/disk"
disk_live=$(sed -n 's/^live [0-9]*, disk //p' "$work/disk")
disk_most=$(sed -n 's/^most //p' "$work/disk")
disk_expired=$(sed -n 's/^expired, live 0, disk //p' "$work/disk")
progress ''
echo "disk: $disk_tokens live tokens of $((disk_tokens / 100)) principals $disk_live bytes," \
    "at most $disk_most while they were issued; ${disk_expired:-?} when they have expired"
claim validate_cpu_times_none "$(ratio "$(median validate disk 4)" "$(median validate none 4)")" '<=' 1.1
claim issue_cpu_times_none "$(ratio "$(median issue disk 4)" "$(median issue none 4)")" '<=' 1.5
claim p99_times_none "$(ratio "$(median p99 disk 4)" "$(median p99 none 4)")" '<=' 1.2
claim ready_seconds "$ready_seconds" '<=' 1
claim disk_bytes_per_live_token "$((disk_live / disk_tokens))" '<=' 300
claim disk_mib_when_all_have_expired "$((${disk_expired:-999999999999} / 1048576))" '<=' 16
claim tokens_lost "$((many - valid))" '<=' 0
claim answers_missing_or_not_2xx "$(awk '$1 != "p99" { sum += $5 } END { print sum }' "$work/samples")" '<=' 0
exit $status
