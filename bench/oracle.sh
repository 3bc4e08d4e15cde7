#!/usr/bin/env bash
# See bench/run. Four tokends, each with one organisation: a users file whose hashes cost 0.4, 0.9 and 2 ms, a table of
# access tokens with such hashes, a slapd, and a chain of a users file and the slapd. To each comes an attacker who
# sends logins of every kind that is refused, in random order, one after the other, and who knows which kind each one
# is. Then all of that once more, while other clients log in and guess. The hashes and `failure-time` are a twentieth of
# the usual ones, which saves time and makes it no harder to distinguish the refusals.
set -euo pipefail
cd "$(dirname "$0")/.."

count=10000
if [ "${1:-}" = --quick ]; then
    count=400
fi
clients=3
build=build/release
work=$(mktemp -d)
results=bench/results
mkdir -p $results
# shellcheck source=/dev/null
. bench/claim.sh
# shellcheck source=/dev/null
. bench/directory.sh

running=()
end() {
    kill "${running[@]}" 2>/dev/null || true
    wait "${running[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT

chmod 711 "$work"
{
    cat etc/demo/ldap.ldif
    printf '\ndn: uid=locked,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: locked\ncn: Locked\n'
    printf 'sn: Locked\nuserPassword: locked-1\npwdAccountLockedTime: 000001010000Z\n'
} >"$work/people.ldif"
start_directory "$work/slapd" "$work/people.ldif" 10392
running+=($directory)

crypt() { # SECRET SETTING
    perl -e 'print crypt($ARGV[0], $ARGV[1])' "$1" "$2"
}
dear() { crypt "$1" '$2b$05$oraclesoraclesoraclesu'; }  # 2 ms
middle() { crypt "$1" '$y$j75$oracle$'; }                # 0.9 ms
cheap() { crypt "$1" '$6$rounds=1000$oracle$'; }         # 0.4 ms
users() { # FILE
    cat >"$1" <<USERS
good:$(dear good-1):north
dear:$(dear dear-1):north
middle:$(middle middle-1):north
cheap:$(cheap cheap-1):north
disabled:$(dear disabled-1):north:::disabled
locked:$(middle locked-1):north:::locked
expired:$(dear expired-1):north:::expires=2020-01-01
nohash:*:north
USERS
}
install -m 700 -d "$work/conf"
users "$work/conf/users"
cat >"$work/conf/table" <<TABLE
good:$(dear good-1):EFFECTIVE:good:north
dear:$(dear dear-1):EFFECTIVE:dear:north
cheap:$(cheap cheap-1):EFFECTIVE:cheap:north
retired:$(middle retired-1):NOT_EFFECTIVE:retired:north
expired:$(dear expired-1):EFFECTIVE:expired:north::::20200101T000000Z
TABLE
head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n' >"$work/conf/key"
echo service-secret >"$work/conf/password"
chmod 600 "$work/conf"/*

file="plugin = file
users = $work/conf/users"
tokens="plugin = access_token
table = $work/conf/table
key-file = $work/conf/key"
ldap="plugin = ldap
uris = $directory_uri
start-tls = no
bind-dn = cn=tokend,dc=example,dc=com
bind-password-file = $work/conf/password
user-base = ou=people,dc=example,dc=com
group-mode = none
units = north"

# serve NAME BACKEND...: a tokend with these backends, each the text of its section. Adds its port to `ports`.
declare -A ports
serve() {
    local name=$1 ids='' n=0
    shift
    {
        printf '[listen.public]\naddress = 127.0.0.1:0\n[log]\nlevel = error\n[server]\nworkers = 1\nnetwork-rate = 0\n'
        printf '[login]\nfailure-time = 10ms\nblocking-threads = 1\nlockout-failures = 0\nlockout-name-failures = 0\n'
        for backend in "$@"; do
            n=$((n + 1))
            printf '[backend.b%d]\n%s\n' $n "$backend"
            ids="$ids${ids:+, }b$n"
        done
        printf '[organisation.HERE]\nbackends = %s\nlockout-failures = 0\nlockout-name-failures = 0\n' "$ids"
    } >"$work/$name.conf"
    $build/tokend --config="$work/$name.conf" --server.plugin-directory=$build/plugins >"$work/$name.out" \
        2>"$work/$name.err" &
    running+=($!)
    until grep -q '^listening public' "$work/$name.out"; do
        if ! kill -0 $! 2>/dev/null; then
            cat "$work/$name.err" >&2
            exit 1
        fi
        sleep 0.05
    done
    ports[$name]=$(sed -n 's/^listening public .*://p' "$work/$name.out")
}
serve file "$file"
serve tokens "$tokens"
serve ldap "$ldap"
serve chain "$file" "$ldap"

login() { # KIND NAME PASSWORD [ORGANISATION]
    echo "$1 /authentication/token {\"username\":\"$2\",\"password\":\"$3\",\"organisation\":\"${4:-HERE}\"}"
}
identifier() { # KIND NAME PASS-CODE [ORGANISATION]
    echo "$1 /authentication/token" \
        "{\"access_token_identifier\":{\"identifier\":\"$2\",\"pass_code\":\"$3\"},\"organisation\":\"${4:-HERE}\"}"
}
in_file() {
    login wrong-cheap cheap wrong
    login wrong-middle middle wrong
    login wrong-dear dear wrong
    login disabled disabled disabled-1
    login locked locked locked-1
    login expired expired expired-1
    login no-hash nohash wrong
}
in_directory() {
    login wrong-in-directory anna wrong
    login locked-in-directory locked locked-1
}
everywhere() {
    login unknown-user 'user#####' wrong
    login unknown-organisation good wrong 'ORG#####'
}
{ everywhere; in_file; login +good good good-1; login +guess dear '####'; } >"$work/file.logins"
{
    identifier unknown-identifier 'id#####' wrong
    identifier unknown-organisation good wrong 'ORG#####'
    identifier wrong-cheap cheap wrong
    identifier wrong-dear dear wrong
    identifier not-effective retired retired-1
    identifier expired expired expired-1
    identifier +good good good-1
    identifier +guess dear '####'
} >"$work/tokens.logins"
{ everywhere; in_directory; login +good mpadministrator 1234; login +guess bert '####'; } >"$work/ldap.logins"
{
    everywhere
    in_file
    login wrong-in-directory anna wrong
    login +good good good-1
    login +good mpadministrator 1234
    login +guess dear '####'
    login +guess bert '####'
} >"$work/chain.logins"

attack() { # CLIENTS SUFFIX
    local name attackers=()
    for name in file tokens ldap chain; do
        $build/bench/oracle/bench_probes "${ports[$name]}" "$work/$name.logins" $count "$1" >"$work/$name.$2" &
        attackers+=($!)
    done
    wait "${attackers[@]}"
}
attack 0 rest
attack $clients load

for when in rest load; do
    for name in file tokens ldap chain; do
        sed "s/^/$when $name /" "$work/$name.$when"
    done
done >$results/oracle.txt
column -t <(grep -h median $results/oracle.txt)
most_of() { # FIELD CONDITION
    awk "\$0 ~ /$2/ && \$$1 > most { most = \$$1 } END { print most }" $results/oracle.txt
}
awk '$3 == "pair" && $6 > most[$1 " " $2] { most[$1 " " $2] = $6; pair[$1 " " $2] = $4 " " $5 }
     END { for (i in most) print "best", i, most[i], pair[i] }' $results/oracle.txt | sort | column -t
claim oracle_right_at_rest "$(most_of 6 'rest [a-z]* pair')" '<=' 0.52
claim oracle_right_under_load "$(most_of 6 'load [a-z]* pair')" '<=' 0.55
claim oracle_different_answers "$(most_of 4 ' answers ')" '<=' 1
exit $status
