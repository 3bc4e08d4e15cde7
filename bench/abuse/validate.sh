# Sourced by bench/abuse.sh: p99 of validations at a fixed rate, with each attack and, just before it, without. All
# scenes take turns on one tokend, so that what they leak adds up.

validate_scenes="header body reading idle handshake exhausted waits blocks guesses"

log_in_once() {
    password_login user1 secret-1 ONE | {
        read -r path body
        curl -sS --fail --json "$body" "http://127.0.0.1:$port$path"
    } | sed -n 's/.*"token":"\([0-9A-F]*\)".*/\1/p'
}

begin_scene() { # SCENE
    case $1 in
        header | body | reading | idle) begin_slowness "$1" "$port" 500 ;;
        handshake)
            begin_slowness handshake "$secure_port" 250
            begin_slowness silence "$secure_port" 250
            ;;
        waits) begin_flood waits --rate=48 --connections=250 --from=127.0.0.2 --addresses=50 ;;
        blocks)
            rm -f "$work/gate"
            begin_flood blocks --connections=60 --from=127.0.0.2 --addresses=50
            ;;
        guesses) begin_flood guess-names --connections=1000 --from=127.0.0.2 ;;
    esac
}

end_scene() { # SCENE
    end_attacks
    touch "$work/gate"
}

descriptors() { find /proc/"$tokend"/fd -mindepth 1 | wc -l; }
threads() { sed -n 's/^Threads:[[:space:]]*//p' /proc/"$tokend"/status; }

validate() { # FILE
    load validate --rate="$rate" --seconds="$validate_seconds" --connections=32 --expect='"active":true' >"$1"
}

# The clients have connected when the last descriptor goes. Attackers then want 500 more.
validate_without_descriptors() { # FILE
    local validating from
    : >"$1"
    validate "$1" &
    validating=$!
    until grep -q '^open' "$1"; do sleep 0.02; done
    sleep 0.2
    prlimit --pid "$tokend" --nofile="$(descriptors)":
    begin_slowness silence "$port" 500
    wait $validating
    end_attacks
    prlimit --pid "$tokend" --nofile="$(ulimit -Hn)":
    from=$(date +%s%N)
    until curl -sS -m 5 -o "$work/answer" "http://127.0.0.1:$port/healthz"; do :; done
    echo $((($(date +%s%N) - from) / 1000000)) >>"$work/recovery"
}

# Appends a line to $work/validate.samples: scene; share, p50 and p99 in ms, and lost answers with the attack; the same
# without.
validate_scene() { # SCENE
    local idle
    validate "$work/result"
    idle=$(outcome_of "$work/result")
    if [ "$1" = exhausted ]; then
        validate_without_descriptors "$work/result"
    else
        begin_scene "$1"
        sleep 1  # until the attack has settled
        validate "$work/result"
        end_scene "$1"
    fi
    echo "$1 $(outcome_of "$work/result") $idle" >>"$work/validate.samples"
}

# Waits until tokend has closed what attackers left, and appends a line to $work/left: descriptors, threads, KiB. The
# least of some samples is without the memory of a hash that is computed.
count_what_is_left() {
    local waited
    for ((waited = 0; waited < 100; ++waited)); do
        [ "$(descriptors)" -gt "$own_descriptors" ] || break
        sleep 0.1
    done
    echo "$(descriptors) $(threads) $(least_kib)" >>"$work/left"
}
least_kib() {
    local sample
    for ((sample = 0; sample < 10; ++sample)); do
        resident_kib
        sleep 0.1
    done | sort -n | head -1
}

measure_validations() {
    local round scene
    begin_tokend
    echo "/authentication/token/validate {\"token\":\"$(log_in_once)\"}" >"$work/validate"
    validate "$work/result"
    sleep 1
    own_descriptors=$(descriptors)
    echo "$(descriptors) $(threads) $(least_kib)" >"$work/left"
    for ((round = 1; round <= validate_rounds; ++round)); do
        for scene in $validate_scenes; do
            progress "round $round of $validate_rounds: validations, $scene"
            validate_scene "$scene"
        done
        count_what_is_left
    done
    end_tokend
}

# Prints the median of the proportions of the p99 with the attack to that without. Below a millisecond the machine's
# noise decides, so that less counts as one.
p99_ratio() { # SCENE
    paste <(values "$work/validate.samples" 4 "$1") <(values "$work/validate.samples" 8 "$1") |
        awk '{ printf "%.2f\n", ($1 > 1 ? $1 : 1) / ($2 > 1 ? $2 : 1) }' | middle
}
# By how much a column of $work/left has grown in the second half of the rounds.
growth() { # COLUMN
    awk -v column="$1" '{ v[NR] = $column } END { print v[NR] - v[int(NR / 2) + 1] }' "$work/left"
}

report_validations() {
    local scene
    echo "p99 of $rate validations a second, ms: with the attack, just before it, and the median of the proportions"
    for scene in $validate_scenes; do
        echo "$scene $(values "$work/validate.samples" 4 "$scene" | middle)" \
            "$(values "$work/validate.samples" 8 "$scene" | middle) $(p99_ratio "$scene")"
    done | column -t
    echo 'Descriptors, threads and resident KiB at the start and after each round'
    column -t "$work/left"
    for scene in $validate_scenes; do
        claim "validate_p99_$scene" "$(p99_ratio "$scene")" '<=' 2
    done
    claim validate_answers_lost "$(awk '{ sum += $5 + $9 } END { print sum }' "$work/validate.samples")" '<=' 0
    claim recovery_ms "$(sort -n "$work/recovery" | tail -1)" '<=' 500
    claim descriptors_left "$(growth 1)" '<=' 0
    claim threads_left "$(growth 2)" '<=' 0
    claim resident_kib_grown "$(growth 3)" '<=' 2048
}
