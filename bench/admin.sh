#!/usr/bin/env bash
# See bench/run. A tokend on one core with very many sessions of one organisation, and some of another one. An operator
# lists all of them, and revokes those of the first, beside validations at a fixed rate.
set -euo pipefail
cd "$(dirname "$0")/.."

sessions=1000000 rounds=5 seconds=2 rate=2000 others=500
if [ "${1:-}" = --quick ]; then
    sessions=400000 rounds=2 seconds=1
fi
build=build/release
server_core=0
client_core=$(($(nproc) - 1))
work=$(mktemp -d -p /dev/shm)
# shellcheck source=/dev/null
. bench/claim.sh
# shellcheck source=/dev/null
. bench/abuse/clients.sh
ulimit -n "$(ulimit -Hn)"

tokend=
end() {
    [ -z "$tokend" ] || kill "$tokend" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b == 0 ? 0 : a / b }'; }
middle() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
since() { awk -v from="$1" -v to="$(date +%s%N)" 'BEGIN { printf "%.2f\n", (to - from) / 1e9 }'; }

mkdir "$work/plugins"
cp $build/bench_plugins/accepts_all.so "$work/plugins"
chmod 755 "$work" "$work/plugins"
cat >"$work/tokend.conf" <<CONF
[server]
workers = 1
[tokens]
capacity = $((sessions * 5 / 4))
file = $work/tokens
[listen.public]
address = 127.0.0.1:0
[listen.admin]
address = unix:$work/admin.sock
[backend.all]
plugin = accepts_all
[organisation.BENCH]
backends = all
max-tokens = 100%
[organisation.OTHER]
backends = all
max-tokens = 100%
CONF
export TOKEND_ADMIN=unix:$work/admin.sock

# Starts tokend with the sessions of BENCH, and logs the users of OTHER in. Sets `tokend` and `port`.
begin() {
    local number
    cp "$work/filled" "$work/tokens"
    : >"$work/out"
    taskset -c $server_core $build/tokend --config="$work/tokend.conf" --server.plugin-directory="$work/plugins" \
        >"$work/out" 2>"$work/err" &
    tokend=$!
    until grep -q '^listening admin' "$work/out"; do
        kill -0 $tokend 2>/dev/null || { cat "$work/err" >&2; exit 1; }
        sleep 0.05
    done
    port=$(sed -n 's/^listening public 127.0.0.1://p' "$work/out")
    for ((number = 0; number < others; ++number)); do
        printf 'url = "http://127.0.0.1:%s/authentication/token"\nheader = "Content-Type: application/json"\n' "$port"
        printf 'data = "{\\"username\\":\\"u%s\\",\\"password\\":\\"p\\",' $number
        printf '\\"organisation\\":\\"OTHER\\"}"\nnext\n'
    done | head -n -1 | curl -sS -K - | grep -o '"token":"[0-9A-F]*"' | sed 's/.*:"\(.*\)"/\1/' >"$work/others"
    echo "/authentication/token/validate {\"token\":\"$(head -1 "$work/others")\"}" >"$work/validate"
}
stop() {
    kill $tokend
    wait $tokend || true
    tokend=
}

validate() { # FILE
    load validate --rate=$rate --seconds=$seconds --connections=32 --expect='"active":true' >"$1"
}
tokenctl() { nice -n 10 taskset -c "$client_core" $build/tokenctl "$@"; }

echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), loopback," \
    "load $(cut -d' ' -f1 /proc/loadavg)"
$build/bench/durable/bench_tokens fill "$work/filled" $sessions "$work/made" >"$work/said"

wrong=0
for ((round = 1; round <= rounds; ++round)); do
    echo "round $round of $rounds" >&2
    begin
    validate "$work/alone"
    from=$(date +%s%N)
    tokenctl sessions --format json >"$work/listed"
    since "$from" >>"$work/list.seconds"
    [ "$(grep -o '"accessor":"[^"]*"' "$work/listed" | sort -u | wc -l)" -eq $((sessions + others)) ] || ((++wrong))
    [ "$(wc -l <"$work/listed")" -eq $((sessions + others)) ] || ((++wrong))

    from=$(date +%s%N)
    (tokenctl revoke --organisation BENCH >"$work/revoked" && since "$from" >>"$work/revoke.seconds") &
    revoking=$!
    validate "$work/beside"
    # The validations must not have gone on after the revocation.
    kill -0 $revoking 2>/dev/null || echo "the revocation ended before the validations" >&2
    wait $revoking
    [ "$(cat "$work/revoked")" = "released $sessions sessions" ] || ((++wrong))
    [ "$(tokenctl sessions --format json | wc -l)" -eq "$others" ] || ((++wrong))
    echo "$(value p99 "$work/alone") $(value p99 "$work/beside")" \
        "$(ratio "$(value p99 "$work/beside")" "$(value p99 "$work/alone")")" \
        "$(($(value sent "$work/beside") - $(value ok "$work/beside")))" >>"$work/p99"
    stop
done
echo 'p99 of validations in ms: alone, beside the revocation, proportion; lost answers'
column -t "$work/p99"
echo "seconds to list: $(middle <"$work/list.seconds"), to revoke: $(middle <"$work/revoke.seconds")"
claim wrong_counts $wrong '<=' 0
claim validations_lost "$(awk '{ sum += $4 } END { print sum }' "$work/p99")" '<=' 0
claim validate_p99_beside_revocation "$(awk '{ print $3 }' "$work/p99" | middle)" '<=' 1.2
exit $status
