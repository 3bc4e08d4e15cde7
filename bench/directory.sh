# Sourced by benchmarks that measure with a slapd.

# start_directory FOLDER LDIF PORT: serves LDIF from the folder, or serves the folder's database again. Sets `directory`
# to the process and `directory_uri` to the address. The caller ends the process.
start_directory() {
    mkdir -p "$1"
    chmod 711 "$(dirname "$1")"
    directory_uri=ldap://127.0.0.1:$3
    app/slapd "$1" "$2" "$directory_uri" >"$1.log" 2>&1 &
    directory=$!
    until (exec 3<>"/dev/tcp/127.0.0.1/$3") 2>/dev/null; do
        if ! kill -0 $directory 2>/dev/null; then
            cat "$1.log" >&2
            exit 1
        fi
        sleep 0.05
    done
}
