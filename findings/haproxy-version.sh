#!/usr/bin/env bash
# HAProxy 2.6.12-1+deb12u4 (Debian 12) logs parts of a version for request lines of 1,024 to 1,030
# bytes.
#
# It keeps 1,023 bytes of a request line for the log, whatever `len` the log target has, and takes
# the version out of what it has kept. So a request that is answered as HTTP/1.1, status 200, has in
# `%HV`:
#
#   1,023 bytes and fewer    HTTP/1.1
#   1,024 to 1,030 bytes     HTTP/1.  HTTP/1  HTTP/  HTTP  HTT  HT  H
#   1,031 bytes and more     HTTP/0.9
#
# For readers: a version is open text. A column of a few known versions, or of `HTTP/` and a number,
# breaks at seven lengths of URI; a dictionary of versions gets seven more; and `HTTP/1` and
# `HTTP/0.9` are not what clients spoke. A request line of exactly 1,023 bytes may be whole, or cut.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 \
    libopentracing1=1.6.0-4
unpacked /usr/sbin/haproxy -v | sed -n 1p

port=$(free_port)
cat >"$folder/haproxy.cfg" <<END
defaults
    mode http
    timeout client 5s
    timeout server 5s
    timeout connect 1s
frontend site
    bind 127.0.0.1:$port
    log stdout len 8192 format raw local0
    log-format "%ST|%HV|%r"
    http-request return status 200
END
serve "$port" "$root"/usr/sbin/haproxy -f "$folder/haproxy.cfg"

# Asks with a request line of a number of bytes.
ask_with() {
    ask "$port" "GET /$(repeat a $(($1 - 14))) HTTP/1.1" 'Host: www.example.com' >"$folder/answer"
}
lengths=(1000 1022 1023 1024 1025 1026 1027 1028 1029 1030 1031 1032 2000)
for length in "${lengths[@]}"; do
    ask_with "$length"
done
log=$folder/access.log
for _ in {1..50}; do
    # The first connections only looked whether it listens.
    grep '^200' "$folder/server" >"$log" || true
    [[ $(wc -l <"$log") -lt ${#lengths[@]} ]] || break
    sleep 0.1
done

versions=(HTTP/1.1 HTTP/1.1 HTTP/1.1 HTTP/1. HTTP/1 HTTP/ HTTP HTT HT H HTTP/0.9 HTTP/0.9 HTTP/0.9)
for i in "${!lengths[@]}"; do
    length=${lengths[i]}
    IFS='|' read -r status version line < <(sed -n "$((i + 1))p" "$log")
    expect "request line of $length bytes: status, %HV and bytes of %r" \
        "$status $version ${#line}" \
        "200 ${versions[i]} $((length > 1023 ? 1023 : length))"
done
verdict
