#!/usr/bin/env bash
# BusyBox's awk 1:1.35.0-4+deb12u1+b1 (Debian 12) reads some padded milliseconds as octal, and mawk
# 1.3.4.20200120-3.1, Debian's own awk, ends sums of bytes at 2,147,483,647.
#
# BusyBox takes a zero before digits for a sign of octal, but only where all digits allow it: 035
# is 29, and 038 is 38. HAProxy pads milliseconds to three digits, in `%t` and as `%ms`: so the
# order of lines within a second is another, and `$1 == 8` finds 010. With a point they are decimal.
#
# For sums of bytes over 2 GiB, mawk has 2147483647 for `%d`, and six digits for `print`; BusyBox
# has -2147483648 for `%d`, and all digits for `print`. No error from either. original-awk
# 2022-09-12-1 has neither: it prints all digits in both ways.
#
# For readers: `printf "%.0f"` is right in all of the three. Zeros have to be taken off as text,
# `sub(/^0+/, "", milliseconds)`, before BusyBox is given a number to count with.
# shellcheck disable=SC2016 # Single quotes hold programs of awk.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian busybox=1:1.35.0-4+deb12u1+b1 mawk=1.3.4.20200120-3.1 original-awk=2022-09-12-1
unpacked /bin/busybox | sed -n 1p

# Runs a program of awk for the lines of standard input, and prints its answers in one line.
run() {
    case $1 in
    busybox) unpacked /bin/busybox awk "${@:2}" ;;
    *) unpacked "/usr/bin/$1" "${@:2}" ;;
    esac | paste -s -d ' '
}
value() {
    printf '[30/Nov/2026:13:00:01.%s] %s\n' "$2" "$2" |
        run "$1" '{ print substr($1, 23, 3) + 0, $2 + 0, ($2 == 8) }'
}
for awk in mawk original-awk; do
    expect "$awk: 035, in a time and alone, and whether it is 8" "$(value "$awk" 035)" '35 35 0'
    expect "$awk: 010" "$(value "$awk" 010)" '10 10 0'
done
expect 'busybox: 035, in a time and alone, and whether it is 8' "$(value busybox 035)" '29 29 0'
expect 'busybox: 038' "$(value busybox 038)" '38 38 0'
expect 'busybox: 010' "$(value busybox 010)" '8 8 1'
expect 'busybox: 012.5' "$(echo 012.5 | run busybox '{ print $1 + 0 }')" 12.5
expect 'busybox: 035 without its zero' \
    "$(echo 035 | run busybox '{ sub(/^0+/, "", $1); print $1 + 0 }')" 35
sum() {
    printf '%s\n' 2147483647 1 |
        run "$1" '{ sum += $1 } END { print sum; printf "%d\n%.0f\n", sum, sum }'
}
expect 'mawk: 2147483648 by print, %d and %.0f' "$(sum mawk)" '2.14748e+09 2147483647 2147483648'
expect 'busybox: 2147483648' "$(sum busybox)" '2147483648 -2147483648 2147483648'
expect 'original-awk: 2147483648' "$(sum original-awk)" '2147483648 2147483648 2147483648'
verdict
