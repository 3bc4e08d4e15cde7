# Sourced by benchmarks: compares a claim with its figure. `status` is 1 once a claim does not hold.
status=0
claim() { # NAME VALUE RELATION BOUND
    local verdict=ok
    if ! awk -v value="$2" -v bound="$4" -v relation="$3" \
        'BEGIN { exit !(relation == ">=" ? value >= bound : value <= bound) }'; then
        verdict=short
        status=1
    fi
    echo "claim: $1 $2 $3 $4 $verdict"
}
