#!/usr/bin/env bash
# csvkit 2.2.0 (PyPI) takes durations of 0 and 1 second for no and yes, and adds up none of them.
#
# Apache's and lighttpd's `%T` is a whole number of seconds, of a quick site 0 or 1 in all lines. A
# column of those is boolean: `csvstat --sum` and `--mean` print None, `csvsort` and `csvjson` write
# False and True for 0 and 1, and the exit code is 0. With one 2 in it, the column is one of
# numbers, and all is well: so one day's log has a sum, and another's has none.
#
# A value such as `5m` is 0:05:00 after `csvsort`, if all others of the column are such, too.
#
# For readers: `--no-inference` keeps values as they are, and `csvsql` adds up booleans rightly.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages csvkit==2.2.0 agate==1.14.2 agate-dbf==0.2.4 agate-excel==0.4.2 \
    agate-sql==0.7.3
tool() {
    "$folder/python/bin/$1" "${@:2}" "$folder/access.csv" 2>&1 | paste -s -d ' '
}
"$folder/python/bin/csvsort" --version

# Writes a log of three pages with their seconds.
write() {
    printf 'uri,seconds\n/a,%s\n/b,%s\n/c,%s\n' "$@" >"$folder/access.csv"
}
write 0 1 2
expect '0, 1, 2 seconds: sum' "$(tool csvstat --columns seconds --sum)" 3
expect '    csvsort' "$(tool csvsort --columns uri)" 'uri,seconds /a,0 /b,1 /c,2'
write 0 1 0
expect '0, 1, 0 seconds: sum' "$(tool csvstat --columns seconds --sum)" None
expect '    mean' "$(tool csvstat --columns seconds --mean)" None
expect '    csvsort' "$(tool csvsort --columns uri)" 'uri,seconds /a,False /b,True /c,False'
expect '    csvsort --no-inference' "$(tool csvsort --no-inference --columns uri)" \
    'uri,seconds /a,0 /b,1 /c,0'
expect '    values by csvjson' "$(tool csvjson | grep -oE '(false|true)' | paste -s -d ' ')" \
    'false true false'
expect '    exit code of csvstat' "$(tool csvstat --sum >"$folder/sum" && echo 0)" 0
expect '    sum of csvsql' "$(tool csvsql --query 'SELECT sum(seconds) FROM access')" \
    'sum(seconds) 1'
printf 'uri,agent\n/a,5m\n/b,1h\n' >"$folder/access.csv"
expect 'values 5m and 1h: csvsort' "$(tool csvsort --columns uri)" \
    'uri,agent /a,0:05:00 /b,1:00:00'
verdict
