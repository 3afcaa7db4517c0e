#!/usr/bin/env bash
# rsyslog 8.2302.0-1+deb12u2 and HAProxy 2.6.12-1+deb12u4 (Debian 12) both escape with `#`, one in
# octal, the other in hexadecimal.
#
# HAProxy writes a tab as `#09` in `%r` and `%hr`, and `#` itself as `#23`; in `%[...]` it escapes
# nothing. What is left raw, rsyslog writes as `#` and three octal digits, and a `#` that was there
# stays. So in one line a tab is `#09` or `#011`, by the column; and in `%[...]` `#011` is a tab, or
# these four characters, which nothing tells. Byte 0x7f and bytes over it pass unchanged.
#
# For readers: `#XX` must not be decoded in `%[...]`: `#011` would be a byte 0x01 and a `1`. With
# `parser.escapeControlCharactersOnReceive="off"` rsyslog leaves what HAProxy sent.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 \
    libopentracing1=1.6.0-4 rsyslog=8.2302.0-1+deb12u2 libestr0=0.1.11-1 \
    libfastjson4=1.2304.0-1
unpacked /usr/sbin/rsyslogd -v | sed -n 1p

# Prints what rsyslog has made of a user agent in `%hr` and in `%[...]`, for an option of rsyslog's.
logged() {
    local option=$1 port collector
    port=$(free_port)
    collector=$folder/collector-$option
    cat >"$folder/rsyslog-$option.conf" <<END
global(workDirectory="$folder" parser.escapeControlCharactersOnReceive="$option")
module(load="imuxsock" sysSock.use="off")
input(type="imuxsock" socket="$collector")
template(name="line" type="string" string="%msg%\n")
action(type="omfile" file="$folder/$option.log" template="line")
END
    cat >"$folder/haproxy-$option.cfg" <<END
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 1s
frontend site
    bind 127.0.0.1:$port
    log $collector local0
    http-request capture req.hdr(User-Agent) len 100
    log-format "%ST|%hr|%[capture.req.hdr(0)]|"
    http-request return status 200
END
    serve 0 "$root/usr/sbin/rsyslogd" -n -f "$folder/rsyslog-$option.conf" \
        -i "$folder/rsyslog-$option.pid" -M "$(echo "$root"/usr/lib/*-linux-gnu/rsyslog)"
    for _ in {1..50}; do
        [[ ! -S $collector ]] || break
        sleep 0.1
    done
    serve "$port" "$root/usr/sbin/haproxy" -f "$folder/haproxy-$option.cfg"
    local agent
    for agent in $'tab\there' 'typed #09 #011' $'delete\x7fhere'; do
        ask "$port" 'GET / HTTP/1.1' 'Host: www.example.com' "User-Agent: $agent" \
            >"$folder/answer"
    done
    for _ in {1..50}; do
        [[ ! -f $folder/$option.log || $(grep -c '200|' "$folder/$option.log") -lt 3 ]] || break
        sleep 0.1
    done
    grep '200|' "$folder/$option.log" | cut -d '|' -f 2,3 >"$folder/$option.values"
}
logged on
logged off
line() {
    sed -n "$2p" "$folder/$1.values"
}
expect 'tab, in %hr and %[...]' "$(line on 1)" '{tab#09here}|tab#011here'
expect '#09 and #011 as text' "$(line on 2)" '{typed #2309 #23011}|typed #09 #011'
expect 'byte 0x7f' "$(line on 3)" $'{delete#7Fhere}|delete\x7fhere'
expect 'tab, escapes off' "$(line off 1)" $'{tab#09here}|tab\there'
verdict
