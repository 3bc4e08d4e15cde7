# Sourced by bench/http.sh: tokend and, beside it, nginx with static answers of the same sizes. Each has one core and
# one thread for its connections. Expects `work`, a folder of ours, `build`, `brief`, `directory_port`, `nginx_port`;
# for TLS also `scheme`, https, and `nginx_tls`, the text behind nginx's address.

running=()
stop_servers() {
    if [ ${#running[@]} -gt 0 ]; then
        kill -CONT "${running[@]}" 2>/dev/null || true  # a stopped process does not end
        kill "${running[@]}" 2>/dev/null || true
        wait "${running[@]}" 2>/dev/null || true
    fi
    rm -rf "$work"
}

write_configuration() {
    mkdir -p "$work/plugins"
    cp $build/plugins/{file,ldap}.so $build/bench_plugins/accepts_all.so "$work/plugins"
    chmod 755 "$work" "$work/plugins"
    local unit=EE63A82C4FEBE02FF34E90DD1EBA5ABE
    install -m 600 etc/demo/ldap.password "$work"
    printf 'mpadministrator:%s\n' "$(openssl passwd -6 -salt benchmarksalt123 1234)" >"$work/users"  # 5,000 rounds
    cat >"$work/tokend.conf" <<CONF
[server]
workers = 1
max-connections = 20000
[tokens]
capacity = 4000000
[log]
level = error
[login]
blocking-threads = 1
[listen.public]
address = 127.0.0.1:0
[backend.all]
plugin = accepts_all
[backend.staff]
plugin = file
users = $work/users
units = $unit
[backend.directory]
plugin = ldap
uris = ldap://127.0.0.1:$directory_port
start-tls = no
bind-dn = cn=tokend,dc=example,dc=com
bind-password-file = $work/ldap.password
user-base = ou=people,dc=example,dc=com
group-mode = none
units = $unit
[organisation.DIRECTORY]
backends = directory
max-tokens = 100%
max-sessions = none
[organisation.BENCH]
backends = all
max-tokens = 100%
max-sessions = none
lifetime = 12h
[organisation.BRIEF]
backends = all
max-tokens = 100%
max-sessions = none
lifetime = ${brief}s
[organisation.HASH]
backends = staff
max-tokens = 100%
max-sessions = none
CONF
}

# start_tokend COMMAND...: runs tokend under that command; sets `tokend` to its process and `tokend_url` to its address.
start_tokend() {
    : >"$work/out"
    "$@" $build/tokend --config="$work/tokend.conf" --server.plugin-directory="$work/plugins" \
        >"$work/out" 2>"$work/err" &
    tokend=$!
    running+=("$tokend")
    until grep -q '^listening public' "$work/out"; do
        if ! kill -0 $tokend 2>/dev/null; then
            cat "$work/err" >&2
            exit 1
        fi
        sleep 0.05
    done
    tokend_url=${scheme:-http}://$(sed -n 's/^listening public //p' "$work/out")
}

# Prints the headers and the body of an answer of tokend as directives of nginx. nginx adds Date and Content-Length.
as_directives() { # CURL-ARGUMENT...
    curl -sS -i "$@" | tr -d '\r' | awk '
        NR == 1 || /^(Date|Content-Length|Content-Type):/ { next }
        $0 == "" && !body { body = 1; next }
        body { text = text $0; next }
        { name = $1; sub(":$", "", name); sub(/^[^:]*: ?/, ""); printf "add_header %s \x27%s\x27;\n", name, $0 }
        END { printf "default_type application/json; return 200 \x27%s\x27;\n", text }'
}

start_nginx() { # TOKEN COMMAND...
    local login='{"username":"mpadministrator","password":"1234","organisation":"BENCH"}'
    {
        cat <<CONF
worker_processes 1;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.err;
events { worker_connections 20000; }
http {
access_log off;
server_tokens off;
keepalive_requests 1000000000;
client_body_temp_path $work/nginx; proxy_temp_path $work/nginx; fastcgi_temp_path $work/nginx;
uwsgi_temp_path $work/nginx; scgi_temp_path $work/nginx;
server {
listen 127.0.0.1:$nginx_port${nginx_tls:-};
location = /authentication/token/validate {
CONF
        as_directives --json "{\"token\":\"$1\"}" "$tokend_url/authentication/token/validate"
        echo '}
location = /auth/verify {'
        as_directives -H "Authorization: Bearer $1" "$tokend_url/auth/verify"
        echo '}
location = /authentication/token {'
        as_directives --json "$login" "$tokend_url/authentication/token"
        echo '}
}
}'
    } >"$work/nginx.conf"
    shift
    "$@" /usr/sbin/nginx -c "$work/nginx.conf" -p "$work" -e "$work/nginx.err" &
    running+=($!)
    nginx_url=${scheme:-http}://127.0.0.1:$nginx_port
    until nginx=$(pgrep -P "${running[-1]}") && curl -sS -o "$work/answer" "$nginx_url/auth/verify"; do
        sleep 0.05
    done
}
