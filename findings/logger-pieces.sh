#!/usr/bin/env bash
# logger 2.38.1-5+deb12u3 (Debian 12, bsdutils) makes several messages of a line over 1,024 bytes.
#
# Apache pipes its log to it with `CustomLog "|/usr/bin/logger -t apache -p local0.info" combined`,
# and a shell with `tail -F access.log | logger`. A line has up to 1,024 bytes (`--size`), after
# them the rest is a line of its own, with a header of its own: neither is marked. The manual says
# that the limit is for the whole message with its header; it is for the line alone.
#
# For readers: one request with a long URI is two or more lines, of which none is in the format, and
# the count of lines is too high. `--size 16KiB` keeps them whole, as long as what receives them
# takes that. Pieces can be put together again only while they are next to each other.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian bsdutils=1:2.38.1-5+deb12u3
unpacked /usr/bin/logger --version

cat >"$folder/receive.py" <<'END'
import os
import socket
import sys

path, messages = sys.argv[1:]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
    receiver.bind(path)
    with open(messages, "wb", buffering=0) as file:
        while True:
            file.write(receiver.recv(100_000) + b"\n")
END
serve 0 python3 "$folder/receive.py" "$folder/socket" "$folder/messages"
for _ in {1..50}; do
    [[ ! -S $folder/socket ]] || break
    sleep 0.1
done
# Prints the bytes after the header of each message that a line and a last one become.
pieces() {
    : >"$folder/messages"
    {
        printf 'GET /%s HTTP/1.1\n' "$(repeat a $(($1 - 14)))"
        echo last
    } | unpacked /usr/bin/logger --socket "$folder/socket" --tag apache "${@:2}"
    for _ in {1..50}; do
        ! grep -q 'apache: last$' "$folder/messages" || break
        sleep 0.1
    done
    sed 's/^.*apache: //' "$folder/messages" | awk '{ print length($0) }' | paste -s -d ' '
}
expect 'line of 1,024 bytes, and "last"' "$(pieces 1024)" '1024 4'
expect 'line of 1,025 bytes' "$(pieces 1025)" '1024 1 4'
expect 'line of 3,000 bytes' "$(pieces 3000)" '1024 1024 952 4'
expect '    text of its last piece' \
    "$(tail -n 2 "$folder/messages" | sed -nE '1s/.*apache: a+//p')" ' HTTP/1.1'
expect '    headers' "$(grep -c '^<13>' "$folder/messages")" 4
expect 'line of 3,000 bytes with --size 16KiB' "$(pieces 3000 --size 16KiB)" '3000 4'
verdict
