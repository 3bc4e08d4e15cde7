#!/usr/bin/env bash
# See bench/run and bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r)," \
    "load $(cut -d' ' -f1 /proc/loadavg)"
if [[ " $* " == *" --soak "* ]]; then
    exec build/release/bench/bench_table "$@"
fi

tokens=10000000
results=bench/results/table
if [[ " $* " == *" --quick "* ]]; then
    tokens=1000000
    results=bench/results/table-quick
elif [[ " $* " == *" --claims "* ]]; then
    results=bench/results/table-claims
fi
mkdir -p bench/results
echo "Results: $results.csv and $results.svg"
status=0
build/release/bench/bench_table --csv "$results.csv" "$@" || status=$?
if [ $status -le 1 ]; then
    gnuplot -e "csv = '$results.csv'; svg = '$results.svg'; tokens = $tokens" bench/table/plot.gp
fi
exit $status
