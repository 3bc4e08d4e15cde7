#!/usr/bin/env bash
# See bench/run. Attacks on a tokend with its defaults, which has one core. The clients, good and bad, share another one
# and have addresses of their own in 127.0.0.0/8.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=3 guess_seconds=20
if [ "${1:-}" = --quick ]; then
    rounds=1 guess_seconds=5
    shift
fi
parts=${*:-guess}
build=build/release
server_core=0
client_core=$(($(nproc) - 1))
work=$(mktemp -d)
# shellcheck source=/dev/null
. bench/http/servers.sh
# shellcheck source=/dev/null
. bench/http/measure.sh
. bench/abuse/server.sh
. bench/abuse/guess.sh
trap stop_servers EXIT
ulimit -n "$(ulimit -Hn)"

middle() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

write_configuration
write_requests
echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), loopback," \
    "load $(cut -d' ' -f1 /proc/loadavg)"
: >"$work/attacks"
for part in $parts; do
    case $part in
        guess)
            measure_guesses
            report_guesses
            ;;
    esac
done
cat "$work/attacks"
exit $status
