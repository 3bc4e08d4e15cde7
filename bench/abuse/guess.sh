# Sourced by bench/abuse.sh: good logins while others guess passwords.

guess_scenes="alone names_1000_from_1 names_100_from_10 one_name_1000_from_1"

begin_guessing() { # SCENE
    case $1 in
        names_1000_from_1) begin_attack guess-names --connections=1000 --from=127.0.0.2 ;;
        names_100_from_10) begin_attack guess-names --connections=100 --from=127.0.0.2 --addresses=10 ;;
        one_name_1000_from_1) begin_attack guess-one-name --connections=1000 --from=127.0.0.2 ;;
    esac
}

# Appends lines to $work/guess: scene, tenant, share of good logins, p50 and p99 in ms.
guess_scene() { # SCENE
    local tenant loads=()
    start_tokend taskset -c "$server_core"
    if [ "$1" != alone ]; then
        begin_guessing "$1"
        sleep 1
    fi
    for tenant in ONE TWO; do
        load good.$tenant --rate=8 --seconds="$guess_seconds" --connections=64 --from=127.0.1.1 --addresses=16 --fresh \
            --expect='"code":"OK"' >"$work/good.$tenant.result" &
        loads+=($!)
    done
    wait "${loads[@]}"
    if [ "$1" != alone ]; then
        end_attack
        echo "$1: $(cat "$work/attack")" >>"$work/attacks"
    fi
    for tenant in ONE TWO; do
        echo "$1 $tenant $(outcome_of "$work/good.$tenant.result")" >>"$work/guess"
    done
    stop_tokend
}

measure_guesses() {
    local round scene
    : >"$work/guess"
    for ((round = 1; round <= rounds; ++round)); do
        for scene in $guess_scenes; do
            progress "round $round of $rounds: guesses, $scene"
            guess_scene "$scene"
        done
    done
}

# Prints the median of the proportions of a scene to `alone`, each within a round.
guess_ratio() { # SCENE TENANT COLUMN
    awk -v scene="$1" -v tenant="$2" -v column="$3" '
        $2 != tenant { next }
        $1 == "alone" { alone = $column }
        $1 == scene { printf "%.2f\n", alone ? $column / alone : 0 }' "$work/guess" | middle
}

report_guesses() {
    local scene tenant
    column -t "$work/guess"
    for scene in ${guess_scenes#alone }; do
        for tenant in ONE TWO; do
            claim "guess_${scene}_${tenant}_succeeded" "$(guess_ratio "$scene" $tenant 3)" '>=' 0.95
            claim "guess_${scene}_${tenant}_p50" "$(guess_ratio "$scene" $tenant 4)" '<=' 2
            claim "guess_${scene}_${tenant}_p99" "$(guess_ratio "$scene" $tenant 5)" '<=' 2
        done
    done
}
