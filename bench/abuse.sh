#!/usr/bin/env bash
# See bench/run. Attacks on a tokend with its defaults, which has one core. The clients, good and bad, share another one
# and have addresses of their own in 127.0.0.0/8.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=3 guess_seconds=20 seconds=5 validate_rounds=10 validate_seconds=2 rate=2000
if [ "${1:-}" = --quick ]; then
    rounds=1 guess_seconds=5 seconds=2 validate_rounds=3 validate_seconds=1
    shift
fi
parts=${*:-guess codes junk connections slow validate}
build=build/release
server_core=0
client_core=$(($(nproc) - 1))
work=$(mktemp -d)
# shellcheck source=/dev/null
. bench/http/servers.sh
# shellcheck source=/dev/null
. bench/http/measure.sh
for part in server clients guess strangers validate; do
    # shellcheck source=/dev/null
    . bench/abuse/$part.sh
done
trap stop_servers EXIT
ulimit -n "$(ulimit -Hn)"

middle() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

write_configuration
write_requests
echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), loopback," \
    "load $(cut -d' ' -f1 /proc/loadavg)"
for part in $parts; do
    case $part in
        guess)
            measure_guesses
            report_guesses
            ;;
        codes) measure_codes ;;
        junk) measure_junk ;;
        connections) measure_connections ;;
        slow) measure_slow ;;
        validate)
            measure_validations
            report_validations
            ;;
        *)
            echo "bench/run abuse: no part '$part': guess, codes, junk, connections, slow, validate" >&2
            exit 64
            ;;
    esac
done
exit $status
