# Sourced by bench/abuse.sh: strangers who try codes, send junk, or take connections, while others log in.

good_login='"msg":"issue",.*"code":"OK"'

# Lines of the log that report good logins, and bytes of all other lines.
logged_logins() { grep -c "$good_login" "$work/err" || true; }
other_bytes() { grep -v "$good_login" "$work/err" | wc -c; }

# The attack begins before this is called. Sets `lost_logins`, `lost_lines` and `bytes_a_second`.
log_in_beside() { # RATE
    local lines bytes
    sleep 1
    lines=$(logged_logins)
    bytes=$(other_bytes)
    load good-codes --rate="$1" --seconds="$seconds" --connections=64 --fresh --expect='"code":"OK"' >"$work/good"
    end_attacks
    sleep 1.2  # what is counted is written once a second
    lost_logins=$(($(value sent "$work/good") - $(value ok "$work/good")))
    lost_lines=$(($(value ok "$work/good") - $(logged_logins) + lines))
    bytes_a_second=$((($(other_bytes) - bytes) / seconds))
    echo "$(tail -1 "$work/good"); the attackers: $(cat "$work/attack")"
}

measure_codes() {
    progress 'codes that are guessed'
    begin_tokend
    begin_flood guess-codes --connections=64 --from=127.0.0.2
    log_in_beside 200
    local refused
    refused=$(value status_429 "$work/attack")
    echo "wrong codes: $refused refused without asking a backend"
    claim codes_that_reached_a_backend "$(value status_401 "$work/attack")" '<=' 5
    claim codes_good_logins_lost $lost_logins '<=' 0
    claim codes_log_lines_of_others_lost $lost_lines '<=' 0
    claim codes_log_bytes_a_second $bytes_a_second '<=' 2000
    end_tokend
}

measure_junk() {
    progress 'junk'
    begin_tokend
    begin_flood junk --connections=1 --depth=64 --from=127.0.0.2
    log_in_beside 200
    claim junk_good_logins_lost $lost_logins '<=' 0
    claim junk_log_lines_of_others_lost $lost_lines '<=' 0
    claim junk_log_bytes_a_second $bytes_a_second '<=' 4000
    end_tokend
}

# Slow clients of all manners, 500 each, until the longest deadline but that of idle connections has passed.
measure_slow() {
    progress 'clients that are slow'
    local before manner kib
    begin_tokend
    before=$(resident_kib)
    for manner in $slow_manners idle; do
        begin_slowness "$manner" "$([ "$manner" = handshake ] && echo "$secure_port" || echo "$port")" 500
    done
    sleep 3
    kib=$(awk -v before="$before" -v now="$(resident_kib)" 'BEGIN { printf "%.1f", (now - before) / 2500 }')
    sleep 15
    end_attacks
    paste -d' ' <(printf '%s\n' $slow_manners idle) "$work/attack"
    sed -i '$d' "$work/attack"  # an idle connection may stay for 30 s
    claim slow_connection_kib "$kib" '<=' 32
    tr ' ' '\n' <"$work/attack" >"$work/attack.values"
    claim slow_connections_ended "$(awk -F= '/^ended/ { sum += $2 } END { print sum }' "$work/attack.values")" '>=' 2000
    claim slow_connection_longest_seconds "$(sed -n 's/^longest=//p' "$work/attack.values" | sort -n | tail -1)" \
        '<=' 15.5
    end_tokend
}
slow_manners="header body reading handshake"

# 150 connections with the defaults; then more than there are descriptors, where only `network-connections` helps.
measure_connections() {
    progress 'connections of one client'
    begin_tokend
    begin_slowness idle "$port" 150
    log_in_beside 200
    claim connections_150_good_logins_lost $lost_logins '<=' 0
    end_tokend
    under=(prlimit --nofile=1024:1024)
    begin_tokend '[server]' 'network-connections = 200'
    begin_slowness silence "$port" 2000
    log_in_beside 200
    claim connections_2000_good_logins_lost $lost_logins '<=' 0
    claim connections_2000_log_bytes_a_second $bytes_a_second '<=' 2000
    end_tokend
    under=(env)
}
