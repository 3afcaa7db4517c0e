#!/usr/bin/env bash
# lighttpd 1.4.69-1 (Debian 12) logs a `%T` of -1 for requests that begin in a fixed part of each
# second.
#
# With a finer time such as `%D` or `%{usec_frac}t` in any format of the configuration, also one
# that is for another site, the begin of a request is taken from the exact clock, its end for `%T`
# from a clock of whole seconds. That one moves on not when a second of the day begins but when one
# of the monotonic clock does, which is at another moment of the second, the same until the machine
# is started again. What begins before that moment has -1 (on a busy server; an idle one moves on
# later, and is right for up to a second). Without a finer time anywhere, begin and end are of the
# same clock, and nothing is below 0.
#
# For readers: durations are signed. The share of -1 is no sign of load or of a fault: it is the
# part of the second before that moment, a quarter on one machine and three quarters on another. A
# mean of `%T` says nothing where requests are short. Here libfaketime moves the time of the day by
# part of a second, as if the machine had been started at another moment.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian lighttpd=1.4.69-1 libnettle8=3.8.1-2 libxxhash0=0.8.1-1 \
    libfaketime=0.9.10-2.1
unpacked /usr/sbin/lighttpd -v

modules=("$root"/usr/lib/lighttpd)
preload=("$root"/usr/lib/*/faketime/libfaketime.so.1)
mkdir "$folder/site"
echo hello >"$folder/site/index.txt"
requests=200
# The clock of whole seconds is right until it moves on for the first time with requests coming in.
skipped=60

# Writes NAME.log in a format, of requests at moments all over the second of a machine whose
# monotonic seconds begin MOMENT hundredths after those of the day; with more lines of
# configuration, if given.
record() {
    local name=$1 moment=$2 format=$3 more=${4:-} port offset
    port=$(free_port)
    cat >"$folder/$name.conf" <<END
server.document-root = "$folder/site"
server.bind = "127.0.0.1"
server.port = $port
server.modules = ("mod_accesslog")
accesslog.filename = "$folder/$name.log"
accesslog.format = "$format"
$more
END
    offset=$(python3 -c 'import sys, time
print(f"{(int(sys.argv[1]) / 100 - (time.time() - time.monotonic())) % 1:+.4f}")' "$moment")
    serve "$port" env LD_PRELOAD="${preload[0]}" FAKETIME="$offset" DONT_FAKE_MONOTONIC=1 \
        FAKETIME_DONT_FAKE_MONOTONIC=1 "$root/usr/sbin/lighttpd" -D -m "${modules[0]}" \
        -f "$folder/$name.conf"
    for ((i = 0; i < requests; i++)); do
        ask "$port" 'GET /index.txt HTTP/1.1' 'Host: www.example.com' >"$folder/answer"
        sleep 0.023
    done
    kill "${servers[-1]}"
    wait "${servers[-1]}" || true
}

# Says how many have a %T of -1, among the requests of a log of under 50 ms that begin between two
# hundredths of a second. On a busy machine a few may be on the wrong side.
negative() {
    awk -v from="$2" -v to="$3" -v skipped=$skipped '
        NR > skipped && $3 < 50000 && $2 >= from * 10000 && $2 < to * 10000 {
            all++
            negative += $1 == -1
        }
        END {
            if (all < 5) print "too few requests"
            else if (negative >= all * 0.9) print "nearly all"
            else if (negative <= all * 0.1) print "hardly any"
            else print negative " of " all
        }' "$folder/$1.log"
}

for moment in 25 75; do
    name=fine-$moment
    record "$name" "$moment" '%T %{usec_frac}t %D'
    printf 'seconds of the monotonic clock begin at .%s: %s of %s requests have a %%T of -1\n' \
        "$moment" \
        "$(awk -v skipped=$skipped 'NR > skipped && $1 == -1' "$folder/$name.log" | wc -l)" \
        $((requests - skipped))
    # The clock of whole seconds is late by up to the time between two requests.
    expect '    -1 among those that begin before that' \
        "$(negative "$name" 0 $((moment - 3)))" 'nearly all'
    expect '    -1 among those that begin after that' \
        "$(negative "$name" $((moment + 8)) 100)" 'hardly any'
done
record whole 75 '%T'
expect 'with %T alone: -1' "$(grep -c '^-' "$folder/whole.log" || true)" 0
record site 75 '%T' "\$HTTP[\"host\"] == \"other.example.org\" {
    accesslog.filename = \"$folder/other.log\"
    accesslog.format = \"%D\"
}"
expect 'with %T alone, and %D for another site: -1' \
    "$(awk '$1 == -1 { negative++ } END { print (negative > NR / 2 ? "most" : negative + 0) }' \
        "$folder/site.log")" most
verdict
