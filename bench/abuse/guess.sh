# Sourced by bench/abuse.sh: good logins while others guess passwords.

guess_scenes="alone names_1000_from_1 names_100_from_10 one_name_1000_from_1"

begin_guessing() { # SCENE
    case $1 in
        names_1000_from_1) begin_flood guess-names --connections=1000 --from=127.0.0.2 ;;
        names_100_from_10) begin_flood guess-names --connections=100 --from=127.0.0.2 --addresses=10 ;;
        one_name_1000_from_1) begin_flood guess-one-name --connections=1000 --from=127.0.0.2 ;;
    esac
}

# Appends lines to $work/guess: scene, tenant, share of good logins, p50 and p99 in ms, lost ones.
guess_scene() { # SCENE
    local tenant loads=()
    begin_tokend
    begin_guessing "$1"
    sleep 1
    for tenant in ONE TWO; do
        load good.$tenant --rate=8 --seconds="$guess_seconds" --connections=64 --fresh --expect='"code":"OK"' \
            >"$work/good.$tenant.result" &
        loads+=($!)
    done
    wait "${loads[@]}"
    if [ ${#attacks[@]} -gt 0 ]; then
        end_attacks
        echo "$1: $(cat "$work/attack")" >>"$work/attackers"
    fi
    for tenant in ONE TWO; do
        echo "$1 $tenant $(outcome_of "$work/good.$tenant.result")" >>"$work/guess"
    done
    end_tokend
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
    paste <(values "$work/guess" "$3" "$1" "$2") <(values "$work/guess" "$3" alone "$2") |
        awk '{ printf "%.2f\n", $2 ? $1 / $2 : 0 }' | middle
}

report_guesses() {
    local scene tenant
    echo 'Good logins: share that succeeded, p50 and p99 in ms'
    column -t "$work/guess"
    echo 'The attackers of each round'
    cat "$work/attackers"
    for scene in ${guess_scenes#alone }; do
        for tenant in ONE TWO; do
            claim "guess_${scene}_${tenant}_succeeded" "$(guess_ratio "$scene" $tenant 3)" '>=' 0.95
            claim "guess_${scene}_${tenant}_p50" "$(guess_ratio "$scene" $tenant 4)" '<=' 2
            claim "guess_${scene}_${tenant}_p99" "$(guess_ratio "$scene" $tenant 5)" '<=' 2
        done
    done
}
