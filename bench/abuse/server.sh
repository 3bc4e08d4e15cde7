# Sourced by bench/abuse.sh: the tokend that is attacked. Expects `work`, `build` and `server_core`.

users="1 2 3 4 5 6 7 8"

# Two tenants with users whose hashes are those that tokenctl makes, and with codes, and two with plugins that hang. All
# keys that are not named here have their defaults: lock-out is on, and networks have no limits. The table is small, so
# that its pages soon are all in memory, and growth is a leak.
write_configuration() {
    local tenant number
    mkdir -p "$work/plugins" "$work/conf.d"
    cp $build/plugins/{file,access_token}.so $build/bench_plugins/{blocks,never_answers}.so "$work/plugins"
    chmod 755 "$work" "$work/plugins"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>"$work/said"
    cat >"$work/tokend.conf" <<CONF
[server]
workers = 1
[tokens]
capacity = 20000
[listen.public]
address = 127.0.0.1:0
[listen.secure]
address = localhost:0
tls-certificates = $work/cert.pem
tls-keys = $work/key.pem
[backend.waits]
plugin = never_answers
breaker-failures = 0
[backend.blocks]
plugin = blocks
breaker-failures = 0
gate = $work/gate
[organisation.WAITS]
backends = waits
[organisation.BLOCKS]
backends = blocks
CONF
    echo 'dictcheck = 0' >"$work/password-rules"
    for tenant in ONE TWO; do
        for number in $users; do
            echo "secret-$number" | $build/tokenctl user add "$work/$tenant.users" "user$number" --unit U1 \
                --policy "$work/password-rules"
            echo "$tenant-code-$number" | $build/tokenctl access-token add "$work/$tenant.codes" --code \
                --owner "kiosk-$number" --unit U1
        done >"$work/said"
        cat >>"$work/tokend.conf" <<CONF
[backend.$tenant-staff]
plugin = file
users = $work/$tenant.users
[backend.$tenant-machines]
plugin = access_token
table = $work/$tenant.codes
key-file = $work/$tenant.codes.key
[organisation.$tenant]
backends = $tenant-staff, $tenant-machines
CONF
    done
}

# Starts tokend with these lines after its configuration. Sets `port` and `secure_port`.
begin_tokend() { # [LINE...]
    printf '%s\n' "$@" >"$work/conf.d/scene.conf"
    start_tokend "${under[@]}" taskset -c "$server_core"
    port=${tokend_url##*:}
    until grep -q '^listening secure 127' "$work/out"; do sleep 0.05; done
    secure_port=$(sed -n 's/^listening secure 127.0.0.1://p' "$work/out")
}
under=(env)

end_tokend() {
    kill "$tokend"
    wait "$tokend" || true
    running=()
}
