# Sourced by bench/http.sh: what is measured and how it is told.

scenarios="validate validate-same verify verify-same issue pipelined"

progress() {
    if [ -t 1 ]; then
        printf '\r%-70s\r' "$1"
    elif [ -n "$1" ]; then
        echo "[$SECONDS s] $1"
    fi
}

generate() { # CORE WRK-ARGUMENT...
    taskset -c "$1" wrk -t1 -s bench/http/requests.lua "${@:2}"
}

begin_generating() { # WRK-ARGUMENT...: beside the rest; its process is `generating`.
    # shellcheck disable=SC2093
    (exec taskset -c "$client_core" wrk -t1 -s bench/http/requests.lua "$@" >"$work/beside") &
    generating=$!
}

end_generating() {
    kill -INT $generating 2>/dev/null || true
    wait $generating || true
}

# wrk runs for a time, not for a number of requests: it is stopped when the file is full.
issue_tokens() { # NUMBER ORGANISATION FILE
    : >"$3"
    SCENARIO=issue ORGANISATION=$2 KEEP=$3 LIMIT=$1 DEPTH=16 begin_generating -c16 -d600s "$tokend_url"
    until [ "$(stat -c %s "$3")" -ge $(($1 * 33)) ]; do
        kill -0 $generating
        sleep 0.1
    done
    end_generating
}

cpu_nanoseconds() { awk '{ sum += $1 } END { printf "%.0f", sum }' /proc/"$1"/task/*/schedstat; }

# measure SCENARIO SERVER: one line of $work/samples: scenario, server, requests a second, CPU us a request, bad answers.
measure() {
    local process url
    if [ "$2" = tokend ]; then process=$tokend url=$tokend_url; else process=$nginx url=$nginx_url; fi
    measure_process "$1" "$2" "$process" "$url"
}

measure_process() { # SCENARIO NAME PROCESS URL
    local core=$client_core what=${1%-same} depth=1 process=$3 url=$4 before after
    case $1 in
        *-same) core=$server_core ;;
        pipelined) what=validate depth=16 ;;
    esac
    before=$(cpu_nanoseconds "$process")
    SCENARIO=$what DEPTH=$depth TOKENS=$work/tokens generate "$core" -c64 -d"${seconds}s" "$url" >"$work/wrk"
    after=$(cpu_nanoseconds "$process")
    awk -v name="$1 $2" -v cpu=$((after - before)) '
        / requests in / { requests = $1 }
        /Requests\/sec:/ { rate = $2 }
        /Non-2xx/ { bad += $NF }
        /Socket errors:/ { bad += $4 + $6 + $8 + $10 }
        END { printf "%s %.0f %.3f %d\n", name, rate, requests ? cpu / requests / 1000 : 0, bad }' "$work/wrk" >>"$work/samples"
}

# Median, least, greatest of a column of the samples.
samples_of() { # SCENARIO SERVER NUMBER
    awk -v s="$1" -v w="$2" -v n="$3" '$1 == s && $2 == w { print $n }' "$work/samples" | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[1], v[NR] }'
}
median() { samples_of "$@" | cut -d' ' -f1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'; }

# p99 of validate in ms, at half of the rate that saturates the server: connections that rest before each request.
p99() {
    local rate pause
    rate=$(median validate tokend 3)
    pause=$(awk -v r="$rate" 'BEGIN { printf "%.0f", 64 * 2000 / r }')
    SCENARIO=validate PAUSE=$((pause > 0 ? pause : 1)) TOKENS=$work/tokens \
        generate "$client_core" -c64 -d"$((seconds * 2))s" --latency "$tokend_url" >"$work/wrk"
    awk '$1 == "99%" { t = $2; print t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }' "$work/wrk"
}

disturb() {
    progress 'p99 idle'
    p99_idle=$(p99)
    progress 'p99 while passwords are hashed'
    SCENARIO=issue ORGANISATION=HASH begin_generating -c8 -d60s "$tokend_url"
    sleep 0.2
    p99_hashing=$(p99)
    end_generating
    progress "p99 while $tokens tokens expire"
    local begun=$SECONDS
    issue_tokens "$tokens" BRIEF "$work/brief"
    local left=$((brief - (SECONDS - begun)))
    sleep $((left > 0 ? left : 0))
    p99_expiry=$(p99)
    p99_directory=
    if [ -n "${BENCH_DIRECTORY_STOPPED:-}" ]; then  # a command that puts a directory behind a backend and stops it
        progress 'p99 while the directory is stopped'
        eval "$BENCH_DIRECTORY_STOPPED"
        p99_directory=$(p99)
    fi
}

resident_kib() { awk '/^VmRSS:/ { print $2 }' /proc/"$tokend"/status; }

# Of a tokend of its own; its connections are open and say nothing.
count_idle_memory() {
    progress "$idle idle connections"
    sed -i 's/^capacity = .*/capacity = 1000/' "$work/tokend.conf"  # a large table is read, and so resident, bit by bit
    start_tokend taskset -c "$server_core"
    local before connections waited
    before=$(resident_kib)
    SCENARIO=verify PAUSE=100000000 TOKENS=$work/tokens begin_generating -c$idle -d60s "$tokend_url"
    for ((waited = 0; waited < 100; ++waited)); do
        connections=$(find /proc/"$tokend"/fd -lname 'socket:*' | wc -l)
        if [ "$connections" -gt $idle ]; then
            break
        fi
        sleep 0.1
    done
    sleep 0.5
    idle_mib=$(awk -v a="$(resident_kib)" -v b="$before" 'BEGIN { printf "%.1f", (a - b) / 1024 }')
    end_generating
    if [ "$connections" -lt $idle ]; then
        echo "only $connections connections were open" >&2
        idle_mib=99999
    fi
}

# User instructions a request, of the threads that serve. Under valgrind OpenSSL has no SHA instructions: some 1,900 more.
count_instructions() {
    progress 'counting instructions'
    sed -i '/^\[tokens\]/a sweep-interval = 1m' "$work/tokend.conf"
    start_tokend valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file="$work/callgrind"
    local token requests
    issue_tokens 100 BENCH "$work/few"
    SCENARIO=validate TOKENS=$work/few generate "$client_core" -c64 -d1s "$tokend_url" >"$work/wrk"
    callgrind_control -i on "$tokend" >"$work/said" 2>&1
    SCENARIO=validate TOKENS=$work/few generate "$client_core" -c64 -d3s "$tokend_url" >"$work/wrk"
    callgrind_control -i off "$tokend" >"$work/said" 2>&1
    kill "$tokend"
    wait "$tokend" || true
    requests=$(awk '/ requests in / { print $1 }' "$work/wrk")
    instructions=$(awk -v n="$requests" '/^(summary|totals):/ { sum = $2 } END { printf "%.0f", n ? sum / n : 0 }' "$work/callgrind")
}

. bench/claim.sh

report() {
    local scenario server
    {
        echo 'scenario,server,requests_per_second,least,greatest,cpu_us_per_request,cpu_times_nginx,rate_times_nginx'
        for scenario in $scenarios; do
            for server in tokend nginx; do
                echo "$scenario,$server,$(samples_of $scenario $server 3 | tr ' ' ','),$(median $scenario $server 4),$(cpu_ratio $scenario $server),$(rate_ratio $scenario $server)"
            done
        done
    } >"$results/$name.csv"
    column -s, -t "$results/$name.csv"
    echo "p99 of validate at half of its rate, ms: idle $p99_idle, hashing $p99_hashing, expiry $p99_expiry, directory stopped ${p99_directory:--}"
    gnuplot -e "csv = '$results/$name.csv'; svg = '$results/$name.svg'" bench/http/plot.gp
    echo "Results: $results/$name.csv and $results/$name.svg"
    for scenario in validate verify; do
        claim ${scenario}_cpu_times_nginx "$(cpu_ratio $scenario-same tokend)" '<=' 1.1
        claim ${scenario}_cpu_times_nginx_on_cores_of_their_own "$(cpu_ratio $scenario tokend)" '<=' 1.1
        claim ${scenario}_same_core_rate_times_nginx "$(rate_ratio $scenario-same tokend)" '>=' 0.95
    done
    claim pipelined_rate_times_nginx "$(rate_ratio pipelined tokend)" '>=' 4
    claim issue_cpu_times_nginx "$(cpu_ratio issue tokend)" '<=' 1.5
    claim instructions_per_validate "$instructions" '<=' 8000
    local bound
    bound=$(awk -v i="$p99_idle" 'BEGIN { print (2 * i > 1 ? 2 * i : 1) }')
    claim p99_ms_while_hashing "$p99_hashing" '<=' "$bound"
    claim p99_ms_while_tokens_expire "$p99_expiry" '<=' "$bound"
    if [ -n "$p99_directory" ]; then
        claim p99_ms_while_the_directory_is_stopped "$p99_directory" '<=' "$bound"
    fi
    claim idle_connections_mib "$idle_mib" '<=' 40
    claim answers_missing_or_not_2xx "$(awk '{ sum += $5 } END { print sum }' "$work/samples")" '<=' 0
    exit $status
}
cpu_ratio() { ratio "$(median "$1" "$2" 4)" "$(median "$1" nginx 4)"; }
rate_ratio() { ratio "$(median "$1" "$2" 3)" "$(median "$1" nginx 3)"; }
