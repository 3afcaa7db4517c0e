#!/usr/bin/env bash
# varnishncsa 7.1.1-2+deb12u1 (Debian 12) cuts long values, and has no name for users of long
# passwords.
#
# The log in memory that it reads keeps 254 bytes of a value (`vsl_reclen`, 255, has the NUL in it),
# for a header its name among them. So without a mark
#
#   a URI ends after 254 bytes; where the path is that long, the whole query is lost;
#   a header ends after 252 bytes less its name: `User-Agent` after 242.
#
# `"GET ... HTTP/1.1"` is put together afterwards, so the line looks whole. And `%u` is `-` where
# name, colon and password are 127 bytes and more together, as with tokens for passwords; a larger
# `vsl_reclen` changes nothing about that.
#
# For readers: a URI of 254 bytes, and a user agent of 242, may stand for any number of different
# ones; and `-` for a user does not prove that nobody logged in.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

need gcc base64
debian varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1 libjemalloc2=5.3.0-1
unpacked /usr/sbin/varnishd -V 2>&1 | sed -n 1p

cat >"$folder/site.vcl" <<'END'
vcl 4.1;
backend default none;
sub vcl_recv { return (synth(200)); }
END

# Starts both programs with a limit, or the default one for `default`.
start() {
    local limit=()
    [[ $1 == default ]] || limit=(-p "vsl_reclen=$1")
    port=$(free_port)
    log=$folder/access-$1.log
    serve "$port" "$root/usr/sbin/varnishd" -F -j none -n "$folder/cache-$1" -a "127.0.0.1:$port" \
        -s default,16m -f "$folder/site.vcl" "${limit[@]}"
    serve 0 "$root/usr/bin/varnishncsa" -n "$folder/cache-$1" -w "$log" \
        -F '%{X-Number}i|%U|%q|%{User-Agent}i|%u'
    # It logs what comes after it has found the log of varnishd.
    for _ in {1..50}; do
        ask "$port" 'GET /ready HTTP/1.1' 'Host: www.example.com' >"$folder/answer"
        [[ ! -s $log ]] || break
        sleep 0.2
    done
    [[ -s $log ]] || unavailable 'varnishncsa that logs within 10 seconds'
    requests=0
}

# Asks, and looks at the bytes of path, query and user agent, and the name of the user, in the log.
logs() {
    local what=$1 described=$2 path query agent user
    requests=$((requests + 1))
    ask "$port" "GET $3 HTTP/1.1" 'Host: www.example.com' "X-Number: $requests" "${@:4}" \
        >"$folder/answer"
    for _ in {1..50}; do
        if grep "^$requests|" "$log" >"$folder/line"; then
            break
        fi
        sleep 0.1
    done
    IFS='|' read -r _ path query agent user <"$folder/line"
    expect "$what: bytes of path, query, user agent; user" \
        "${#path} ${#query} ${#agent} $user" "$described"
}
login() {
    printf 'Authorization: Basic %s' "$(printf 'alice:%s' "$(repeat p "$1")" | base64 -w 0)"
}

start default
logs 'path of 254 bytes' '254 0 1 -' "/$(repeat a 253)"
logs 'path of 255 bytes' '254 0 1 -' "/$(repeat a 254)"
logs 'path of 300 bytes and ?id=1' '254 0 1 -' "/$(repeat a 299)?id=1"
logs 'path of 2 bytes, query of 300' '2 252 1 -' "/a?$(repeat q 299)"
for length in 242 243 500; do
    logs "user agent of $length bytes" '1 0 242 -' / "User-Agent: $(repeat u "$length")"
done
logs 'alice with a password of 120 bytes' '1 0 1 alice' / "$(login 120)"
logs 'alice with a password of 121 bytes' '1 0 1 -' / "$(login 121)"

start 2048
logs 'vsl_reclen 2048, path of 300 bytes and ?id=1' '300 5 1 -' "/$(repeat a 299)?id=1"
logs 'vsl_reclen 2048, password of 121 bytes' '1 0 1 -' / "$(login 121)"
verdict
