# Sourced by bench/http.sh: the measurements and the report.

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

begin_generating() { # WRK-ARGUMENT...: in the background; its process is `generating`.
    # shellcheck disable=SC2093
    (exec taskset -c "$client_core" wrk -t1 -s bench/http/requests.lua "$@" >"$work/beside") &
    generating=$!
}

end_generating() {
    kill -INT $generating 2>/dev/null || true
    wait $generating || true
}

# wrk runs for a time, not for a number of requests, so it is stopped when the file is full.
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

# measure SCENARIO SERVER: appends a line to $work/samples: scenario, server, requests a second, CPU us a request, bad
# answers.
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
        END { printf "%s %.0f %.3f %d\n", name, rate, requests ? cpu / requests / 1000 : 0, bad }' \
        "$work/wrk" >>"$work/samples"
}

# Prints the median, the least and the greatest value of a column of the samples.
samples_of() { # SCENARIO SERVER NUMBER
    awk -v s="$1" -v w="$2" -v n="$3" '$1 == s && $2 == w { print $n }' "$work/samples" | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)], v[1], v[NR] }'
}
median() { samples_of "$@" | cut -d' ' -f1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'; }

# Measures p99 of validate in ms, at half of the rate that saturates the server: connections that rest before each
# request. Appends a line to $work/p99.
# Validates for that many seconds at half of the measured rate; the output of wrk is in $work/wrk.
validate_at_half() {
    local rate pause
    rate=$(median validate tokend 3)
    pause=$(awk -v r="$rate" 'BEGIN { printf "%.0f", 64 * 2000 / r }')
    SCENARIO=validate PAUSE=$((pause > 0 ? pause : 1)) TOKENS=$work/tokens \
        generate "$client_core" -c64 -d"$1s" --latency "$tokend_url" >"$work/wrk"
}

p99() { # NAME
    progress "p99 of validate: $1"
    validate_at_half "$seconds"
    awk -v name="$1" '$1 == "99%" { t = $2; print name, t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }' \
        "$work/wrk" >>"$work/p99"
}
median_p99() { # NAME
    awk -v name="$1" '$1 == name { print $2 }' "$work/p99" | sort -n |
        awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

p99_beside() { # NAME ORGANISATION WRK-ARGUMENT...: while these log in
    SCENARIO=issue ORGANISATION=$2 begin_generating "${@:3}" -d60s "$tokend_url"
    sleep 0.2
    p99 "$1"
    end_generating
}

disturb() {
    local round
    log_in_at_directory
    for ((round = 1; round <= rounds; ++round)); do
        p99 idle
        p99_beside hashing HASH -c8
        kill -STOP "$directory"
        PAUSE=100 p99_beside directory DIRECTORY -c64
        kill -CONT "$directory"
    done
    for ((round = 1; round <= (rounds + 1) / 2; ++round)); do
        progress "issuing $tokens tokens that last $brief s"
        local begun=$SECONDS
        issue_tokens "$tokens" BRIEF "$work/brief"
        local took=$((SECONDS - begun))
        # A virtual core that has slept for seconds is slow to wake, so it is kept busy.
        validate_at_half $((took < brief ? brief - took : 1))
        p99 expiry
        validate_at_half $((took + 1))  # until all of them have expired
        p99 idle
    done
}

# Shows that the directory worked before it was stopped.
log_in_at_directory() {
    curl -sS --fail --json '{"username":"anna","password":"anna-1","organisation":"DIRECTORY"}' -o "$work/answer" \
        "$tokend_url/authentication/token"
}

resident_kib() { awk '/^VmRSS:/ { print $2 }' /proc/"$tokend"/status; }

# Measures another tokend, whose connections are open and silent.
count_idle_memory() {
    progress "$idle idle connections"
    sed -i 's/^capacity = .*/capacity = 1000/' "$work/tokend.conf"  # a large table would become resident bit by bit
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

# User instructions a request, of the threads that serve. Under valgrind OpenSSL uses no SHA instructions and executes
# some 1,900 instructions more.
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
    instructions=$(awk -v n="$requests" '/^(summary|totals):/ { sum = $2 } END { printf "%.0f", n ? sum / n : 0 }' \
        "$work/callgrind")
}

. bench/claim.sh

report() {
    local scenario server
    {
        echo 'scenario,server,requests_per_second,least,greatest,cpu_us_per_request,cpu_times_nginx,rate_times_nginx'
        for scenario in $scenarios; do
            for server in tokend nginx; do
                printf '%s,' "$scenario" "$server" "$(samples_of $scenario $server 3 | tr ' ' ',')"
                echo "$(median $scenario $server 4),$(cpu_ratio $scenario $server),$(rate_ratio $scenario $server)"
            done
        done
    } >"$results/$name.csv"
    column -s, -t "$results/$name.csv"
    printf 'p99 of validate at half of its rate, ms: '
    for scenario in idle hashing directory expiry; do
        printf '%s %s; ' $scenario "$(median_p99 $scenario)"
    done
    echo
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
    for scenario in hashing directory expiry; do
        claim p99_ms_$scenario "$(median_p99 $scenario)" '<=' \
            "$(awk -v i="$(median_p99 idle)" 'BEGIN { print (2 * i > 1 ? 2 * i : 1) }')"
    done
    claim idle_connections_mib "$idle_mib" '<=' 40
    claim answers_missing_or_not_2xx "$(awk '{ sum += $5 } END { print sum }' "$work/samples")" '<=' 0
    exit $status
}
cpu_ratio() { ratio "$(median "$1" "$2" 4)" "$(median "$1" nginx 4)"; }
rate_ratio() { ratio "$(median "$1" "$2" 3)" "$(median "$1" nginx 3)"; }
