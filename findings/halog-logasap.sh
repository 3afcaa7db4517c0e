#!/usr/bin/env bash
# halog, in HAProxy 2.6.12-1+deb12u4 (Debian 12), takes numbers with a plus, which HAProxy itself
# writes, for 0.
#
# With `option logasap` HAProxy logs a request when its response begins, and puts a plus before what
# goes on growing: `0/0/0/50/+50 200 +1117`. halog counts such lines, their statuses and, by URL
# (`-u`), their times up to the response. But
#
#   the bytes of every URL are 0;
#   in `-pct`, by which the slow part of the requests is found, the last column, the time of the
#   transfer, is negative: what came before it is taken from a total of 0.
#
# `-u` and `-st` say "0 parsing errors". Words of syslog before a line are skipped by number: `-s`,
# whose default is 5 in the help and in fact 1. For the times of RFC 3339 that rsyslog writes on
# Debian 12 it is -1, without a header -4, and with any other each line is a parsing error; `-c`
# counts the lines all the same.
#
# For readers: sums of bytes and times of transfers need another tool, and one that reads `+117`.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

need python3
debian haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 \
    libopentracing1=1.6.0-4
unpacked /usr/sbin/haproxy -v | sed -n 1p

plain=$(free_port)
asap=$(free_port)
server=$(free_port)
cat >"$folder/haproxy.cfg" <<END
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 1s
    option httplog
    log stdout format rfc3164 local0
frontend plain
    bind 127.0.0.1:$plain
    default_backend app
frontend asap
    bind 127.0.0.1:$asap
    option logasap
    default_backend app
backend app
    server one 127.0.0.1:$server
END
cat >"$folder/server.py" <<'END'
import http.server
import sys
import time

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.1)
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"a" * 1000)

    def log_message(self, *arguments):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
END
serve "$server" python3 "$folder/server.py" "$server"
serve "$plain" "$root"/usr/sbin/haproxy -f "$folder/haproxy.cfg"
for _ in {1..3}; do
    ask "$plain" 'GET /a HTTP/1.1' 'Host: www.example.com' >"$folder/answer"
    ask "$asap" 'GET /a HTTP/1.1' 'Host: www.example.com' >"$folder/answer"
done
for _ in {1..50}; do
    for log in plain asap; do
        grep "\] $log app/one .*\"GET" "$folder/server" >"$folder/$log.log" || true
    done
    [[ $(cat "$folder"/{plain,asap}.log | wc -l) -lt 6 ]] || break
    sleep 0.1
done
halog() {
    unpacked /usr/bin/halog "${@:2}" <"$folder/$1.log" 2>"$folder/errors"
}
# Prints what a column of the line of the URL has, or only that it is over 0.
url() {
    halog "$1" -u | awk -v column="$2" '$NF == "/a" { print (column == 8 ? $8 : ($column > 0)) }'
}
expect 'logasap, a line of the log' \
    "$(sed -nE '1s,.*app/one ([0-9]+/){4}(.)[0-9]+ 200 (.)[0-9]+ .*,\2 \3,p' "$folder/asap.log")" \
    '+ +'
for log in plain asap; do
    expect "$log: lines" "$(halog "$log" -c)" 3
    expect "    statuses" "$(halog "$log" -st)" '200 3'
    expect "    time of /a is over 0" "$(url "$log" 3)" 1
done
bytes=$(sed -E 's/.* 200 ([0-9]+) .*/\1/' "$folder/plain.log" |
    awk '{ bytes += $1 } END { print bytes }')
expect 'plain: bytes of /a are those of its lines' \
    "$([[ $(url plain 8) == "$bytes" ]] && echo yes)" yes
expect 'asap: bytes of /a' "$(url asap 8)" 0
expect '    errors that it tells' "$(grep -o '[0-9]* parsing errors' "$folder/errors")" \
    '0 parsing errors'
expect 'plain: least transfer time of -pct is negative' \
    "$(halog plain -pct | awk 'NR == 1 { print $NF < 0 ? "yes" : "no" }')" no
expect 'asap: least transfer time of -pct is negative' \
    "$(halog asap -pct | awk 'NR == 1 { print $NF < 0 ? "yes" : "no" }')" yes
sed -E 's/^<[0-9]+>[A-Z][a-z]+ +[0-9]+ ([0-9:]+)/2026-11-30T\1.000000+00:00/' \
    "$folder/plain.log" >"$folder/iso.log"
halog iso -st >"$folder/answer"
expect 'with RFC 3339 times before the lines' \
    "$(grep -o '[0-9]* parsing errors' "$folder/errors")" '3 parsing errors'
expect '    lines of -c' "$(halog iso -c)" 3
expect '    statuses with -s -1' "$(halog iso -s -1 -st)" '200 3'
sed -E 's/.*haproxy\[[0-9]+\]: //' "$folder/plain.log" >"$folder/bare.log"
expect 'without a header, statuses with -s -4' "$(halog bare -s -4 -st)" '200 3'
expect "with HAProxy's own header, statuses with -s 1" "$(halog plain -s 1 -st)" '200 3'
expect '    statuses with -s 5' "$(halog plain -s 5 -st)" ''
halog plain -h >"$folder/answer" || true
expect '    default of -s by the help' \
    "$(cat "$folder/answer" "$folder/errors" | grep -o 'default [0-9]*')" 'default 5'
verdict
