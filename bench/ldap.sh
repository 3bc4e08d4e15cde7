#!/usr/bin/env bash
# See bench/run. Logins over HTTP against a slapd, beside libldap in a tight loop that does the same search and the same
# bind without HTTP and without tokens. Everything shares the cores of this machine, plain LDAP on loopback, {SSHA}
# hashes: a real directory is slower, and the cost of tokend weighs less. The loop has a connection for searches for
# each client; tokend has one for all, and eight for binds. Then two figures of bad days: how 1,000 logins that wait for
# a stopped directory change the p99 of validations, and the time from the return of a directory that was killed under
# load to the first login that succeeds. All the while the plugin itself reports turns of its loop of 20 ms or more.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=4
rounds=5
if [ "${1:-}" = --quick ]; then
    seconds=1
    rounds=3
fi
deadline=$((seconds + 4))  # s; of a login at a stopped directory
clients=(1 8 64)
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

await() { # COMMAND...: repeats the command until it succeeds, while the last process runs
    until "$@" 2>/dev/null; do
        if ! kill -0 "${processes[-1]}" 2>/dev/null; then
            cat "$work"/*.log >&2
            exit 1
        fi
        sleep 0.05
    done
}

start_people() {
    local hash
    hash=$(slappasswd -h '{SSHA}' -s user-secret)
    cp etc/demo/ldap.ldif "$work/people.ldif"
    for ((i = 0; i < 200; ++i)); do
        {
            printf '\ndn: uid=user%d,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\n' $i
            printf 'uid: user%d\ncn: User\nsn: User\nuserPassword: %s\n' $i "$hash"
        } >>"$work/people.ldif"
    done
    serve_directory
}
serve_directory() {
    start_directory "$work/slapd" "$work/people.ldif" 10389
    processes+=("$directory")
}

start_tokend() { # OPTION...
    $build/tokend --config=etc/demo/ldap.conf --server.allow-loose-modes=yes --server.plugin-directory=$build/plugins \
        --listen.public.address=127.0.0.1:0 --log.level=warning --tokens.lifetime=10s \
        --backend.directory.uris="$directory_uri" --backend.directory.start-tls=no \
        --backend.directory.group-mode=none --backend.directory.units=U1 "$@" >"$work/out" 2>>"$work/tokend.log" &
    tokend=$!
    processes+=($!)
    await grep -q '^listening public' "$work/out"
    url=http://$(sed -n 's/^listening public //p' "$work/out")
}

http() { # CLIENTS: appends logins a second to http.CLIENTS, and bad answers to bad
    wrk -t1 -c"$1" -d"${seconds}s" -s bench/ldap/login.lua "$url" >"$work/wrk"
    awk '/Requests\/sec:/ { printf "%.0f\n", $2 }' "$work/wrk" >>"$work/http.$1"
    awk '/Non-2xx/ { bad += $NF } /Socket errors:/ { bad += $4 + $6 + $8 + $10 } END { print bad + 0 }' \
        "$work/wrk" >>"$work/bad"
}
loop() { $build/bench/bench_ldap "$directory_uri" "$1" 200 $seconds >>"$work/loop.$1"; }
log_in() { # prints its answer
    curl -s "$url/authentication/token" -H 'Content-Type: application/json' \
        -d '{"username":"user1","password":"user-secret","organisation":"CRMDEMO"}'
}
validate_p99() { # NAME: appends the p99 in microseconds to NAME, for 8 clients that rest 1 ms between validations
    TOKENS=$work/token SCENARIO=validate PAUSE=1 \
        wrk -t1 -c8 -d"${seconds}s" --latency -s bench/http/requests.lua "$url" >"$work/wrk"
    awk '$1 == "99%" { t = $2; f = t ~ /us$/ ? 1 : t ~ /ms$/ ? 1000 : 1000000; printf "%.0f\n", t * f }' \
        "$work/wrk" >>"$work/$1"
}

# p99 alone, and while 1,000 logins wait.
stall() {
    local loggers
    validate_p99 p99.alone
    kill -STOP $directory
    wrk -t1 -c1000 -d"$((deadline + 2))s" --timeout 30s -s bench/ldap/answers.lua "$url" >"$work/stalled" &
    loggers=$!
    sleep 1
    grep -l '^ldap:' /proc/$tokend/task/*/comm | wc -l >>"$work/threads"
    validate_p99 p99.beside
    wait $loggers
    awk '$1 == "answered" && $2 == 503 { n = $3 } END { print n < 1000 ? 1000 - n : 0 }' \
        "$work/stalled" >>"$work/unanswered"
    awk '$1 == "answered" && $2 != 503 { n += $3 } END { print n + 0 }' "$work/stalled" >>"$work/odd"
    awk -v deadline=$deadline '$1 == "slowest" { printf "%.2f\n", $2 / 1e6 / deadline }' \
        "$work/stalled" >>"$work/slowest"
    kill -CONT $directory
    until log_in | grep -q '"code":"OK"'; do sleep 0.1; done
}

now() { date +%s%N; }
# Kills the directory under the load of 8 clients, starts it again after two seconds, and counts the ms from its return
# to a login.
come_back() {
    local loggers returned
    wrk -t1 -c8 -d8s -s bench/ldap/answers.lua "$url" >"$work/killed" &
    loggers=$!
    sleep 1
    kill -KILL $directory
    wait $directory 2>/dev/null || true
    sleep 2
    serve_directory
    returned=$(now)
    until log_in | grep -q '"code":"OK"'; do :; done
    echo $((($(now) - returned) / 1000000)) >>"$work/back"
    wait $loggers
    awk '$1 == "answered" && $2 != 200 && $2 != 503 { n += $3 } END { print n + 0 }' "$work/killed" >>"$work/odd"
}
# Milliseconds, by the plugin's own lag gauge; 0 if it never reported one.
longest_turn() {
    {
        sed -n "s/.*something held the plugin's loop for \([0-9]*\) ms.*/\1/p" "$work/tokend.log"
        echo 0
    } | sort -n | tail -1
}
most() { sort -n "$work/$1" | tail -1; }
middle() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
median() { middle <"$work/$1"; }

. bench/claim.sh
. bench/directory.sh

start_people
start_tokend
echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores for all, Linux $(uname -r), loopback"
echo "$rounds rounds of $seconds s each, interleaved; medians"
http 8
rm "$work/http.8" "$work/bad"  # from warming up
for ((round = 1; round <= rounds; ++round)); do
    for count in "${clients[@]}"; do
        echo "[$round/$rounds] $count clients"
        http "$count"
        loop "$count"
    done
done

kill $tokend
wait $tokend || true
start_tokend --backend.directory.deadline=${deadline}s --backend.directory.max-in-flight=2000 \
    --backend.directory.max-waiting=2000 --backend.directory.operation-timeout=$((deadline - 1))s --tokens.lifetime=10m
log_in | sed -n 's/.*"token":"\([0-9A-F]*\)".*/\1/p' >"$work/token"
for ((round = 1; round <= rounds; ++round)); do
    echo "[$round/$rounds] a directory that stands still"
    stall
done
kill $tokend
wait $tokend || true
start_tokend
for ((round = 1; round <= 3; ++round)); do
    echo "[$round/3] a directory that is killed and comes back"
    come_back
done

ratio() { awk -v a="$(median "http.$1")" -v b="$(median "loop.$1")" 'BEGIN { printf "%.2f", a / b }'; }
printf '%-10s %16s %16s %8s\n' clients 'HTTP logins/s' 'libldap logins/s' ratio
for count in "${clients[@]}"; do
    printf '%-10s %16s %16s %8s\n' "$count" "$(median "http.$count")" "$(median "loop.$count")" "$(ratio "$count")"
done
claim ldap_logins_over_http_beside_libldap_with_8_clients "$(ratio 8)" '>=' 0.7
printf '%-52s %6s us\n' 'p99 of validations' "$(median p99.alone)" \
    'the same beside 1,000 logins at a stopped directory' "$(median p99.beside)"
printf '%-46s %8s ms\n' 'a directory returns; first login after' "$(most back)"
claim ldap_p99_of_validation_beside_stalled_logins \
    "$(paste "$work/p99.beside" "$work/p99.alone" | awk '{ printf "%.2f\n", $1 / $2 }' | middle)" '<=' 1.2
claim ldap_threads_of_the_plugin_beside_stalled_logins "$(most threads)" '<=' 2
claim ldap_longest_turn_of_the_loop_ms_0_if_below_20 "$(longest_turn)" '<=' 0
claim ldap_stalled_logins_unanswered "$(most unanswered)" '<=' 0
claim ldap_slowest_stalled_login_in_deadlines "$(most slowest)" '<=' 1.05
claim ldap_answers_in_an_outage_other_than_503 "$(most odd)" '<=' 0
claim ldap_ms_from_return_to_login "$(most back)" '<=' 1000
claim ldap_answers_missing_or_not_2xx "$(awk '{ sum += $1 } END { print sum }' "$work/bad")" '<=' 0
exit $status
