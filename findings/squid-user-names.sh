#!/usr/bin/env bash
# Squid 5.7-2+deb12u6 (Debian 12) escapes users' names in two ways at once, and leaves their blanks.
#
# In `%[un`, which both `squid` and `combined` have, of the name that a client sent (Basic)
#
#   capitals are in lower case;
#   control bytes, bytes over 126, `%`, `[` and `]` are `%xx` with small digits;
#   a backslash is two backslashes;
#   blanks, quotes and all else stay as they are.
#
# Other columns of the same line have other rules: `%XX` with capital digits in URIs, nothing at all
# in the headers of `combined`.
#
# For readers: a name is decoded with `%xx` and `\\` together, and neither may be undone elsewhere
# in the line: the user agent `50%25` is just that. The native log, `squid`, is columns between
# blanks; a name with a blank in it moves all that follow, so the last columns have to be counted
# from the end. Decoded names are still not what was sent, for want of their capitals.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

need base64
debian squid=5.7-2+deb12u6 squid-common=5.7-2+deb12u6 libecap3=1.0.1-3.4 libltdl7=2.4.7-7~deb12u1 \
    libnetfilter-conntrack3=1.0.9-3 libnfnetlink0=1.0.2-2 libmnl0=1.0.4-3 \
    squid-langpack=20220130-1
unpacked /usr/sbin/squid -v | sed -n 1p

port=$(free_port)
mkdir "$folder/logs"
# As root, Squid becomes a user of its own.
chmod 777 "$folder/logs"
cat >"$folder/squid.conf" <<END
http_port 127.0.0.1:$port
visible_hostname proxy.example.com
pid_filename $folder/logs/squid.pid
cache_log $folder/logs/cache.log
coredump_dir $folder/logs
mime_table $root/usr/share/squid/mime.conf
icon_directory $root/usr/share/squid/icons
error_directory $root/usr/share/squid-langpack/en
cache deny all
pinger_enable off
shutdown_lifetime 1 second
access_log stdio:$folder/logs/native.log squid
access_log stdio:$folder/logs/combined.log combined
auth_param basic program $root/usr/lib/squid/basic_fake_auth
auth_param basic children 1 startup=1
acl people proxy_auth REQUIRED
http_access allow people
http_access deny all
END
serve "$port" "$root/usr/sbin/squid" -N -f "$folder/squid.conf"
site=$(free_port)
# The first connections only looked whether it listens.
number=0

# Asks for a page of a server that is not there as a user, and looks at the user's name in both
# logs. The user agent, which `combined` has, is the name as well, but with a fourth argument.
logs() {
    local what=$1 name=$2 described=$3 sent=${4-} log user agent
    number=$((number + 1))
    [[ $# == 4 ]] || sent=$(printf '%b' "$name")
    ask "$port" "GET http://127.0.0.1:$site/$number HTTP/1.1" 'Host: www.example.com' \
        "Proxy-Authorization: Basic $(printf '%b:secret' "$name" | base64 -w 0)" \
        "User-Agent: $sent" >"$folder/answer"
    for log in native combined; do
        for _ in {1..50}; do
            if grep -a ":$site/$number " "$folder/logs/$log.log" >"$folder/$log.line"; then
                break
            fi
            sleep 0.1
        done
    done
    user=$(sed -E 's|.*:[0-9]+/[0-9]+ (.*) HIER.*|\1|' "$folder/native.line")
    agent=$(LC_ALL=C sed -E 's/.*"-" "(.*)" [A-Z_]+:.*/\1/' "$folder/combined.line")
    expect "$what: name in squid" "$user" "$described"
    expect "$what: name in combined" \
        "$(sed -E 's|^[^ ]+ - (.*) \[[0-9]{2}/.*|\1|' "$folder/combined.line")" "$described"
    [[ -n $sent ]] || return 0
    expect "$what: user agent as it was sent" \
        "$([[ $agent == "$sent" ]] && echo yes || echo "no, $agent")" yes
}

# A name of all bytes but those that end it or its header: NUL, LF, CR and the colon.
all='' described=''
for byte in {1..9} 11 12 {14..57} {59..255}; do
    all+=$(printf '\\x%02x' "$byte")
    case $byte in
    92) described+="\\\\" ;;
    37 | 91 | 93) described+=$(printf '%%%02x' "$byte") ;;
    *)
        if ((byte < 32 || byte > 126)); then
            described+=$(printf '%%%02x' "$byte")
        else
            ((byte < 65 || byte > 90)) || byte=$((byte + 32))
            printf -v character '%b' "$(printf '\\x%02x' "$byte")"
            described+=$character
        fi
        ;;
    esac
done
logs 'all bytes' "$all" "$described" ''
logs 'letters' 'JaneRoe' 'janeroe'
logs 'percent' '50%25' '50%2525'
logs 'brackets' 'a[b]' 'a%5bb%5d'
logs 'backslash' 'corp\\jane' 'corp\\jane'
logs 'backslash before x' 'a\\x22' 'a\\x22'
logs 'quote' 'a"b' 'a"b'
logs 'tab' 'a\tb' 'a%09b'
logs 'UTF-8' 'zo\xc3\xab' 'zo%c3%ab'
logs 'two blanks' 'Jane  Roe' 'jane  roe'
expect 'columns of squid for a name without blanks' "$(sed -n '/janeroe/ { p; q }' \
    "$folder/logs/native.log" | awk '{ print NF }')" 10
expect 'columns of squid for a name of two words' "$(sed -n '/jane  roe/ { p; q }' \
    "$folder/logs/native.log" | awk '{ print NF }')" 11
verdict
