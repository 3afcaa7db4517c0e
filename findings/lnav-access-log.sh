#!/usr/bin/env bash
# lnav 0.11.1-3 (Debian 12) has lines of Apache's `combined` in its table `access_log` without
# values.
#
# Every line is a row, so `count(*)` is right. But
#
#   a request line without a version (`GET /`, HTTP/0.9, which Apache answers with 200, or `GET`
#   alone, which is malformed): the row is all NULL, status, bytes and client among them;
#   a `\"` in the referer: referer and user agent are NULL; in the user agent: it ends before the
#   quote, with the backslash;
#   a user's name with a blank: the client `c_ip` is `-`, and the name its last word.
#
# For readers: `sum(sc_bytes)`, shares of statuses, and errors by client are short without a sign of
# it, and `WHERE sc_status >= 400` leaves out malformed requests. `count(*) - count(sc_status)` says
# how many rows have no values.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian lnav=0.11.1-3 libarchive13=3.6.2-1+deb12u5
export HOME=$folder XDG_CONFIG_HOME=$folder TERM=dumb
unpacked /usr/bin/lnav -V

cat >"$folder/access.log" <<'END'
127.0.0.1 - alice [30/Nov/2026:13:00:01 +0000] "GET /a HTTP/1.1" 200 10 "https://example.com/" "curl/7.88.1"
127.0.0.2 - - [30/Nov/2026:13:00:02 +0000] "GET /b" 200 10 "-" "-"
127.0.0.3 - - [30/Nov/2026:13:00:03 +0000] "GET" 400 10 "-" "-"
127.0.0.4 - - [30/Nov/2026:13:00:04 +0000] "-" 408 10 "-" "-"
127.0.0.5 - - [30/Nov/2026:13:00:05 +0000] "GET /e HTTP/1.1" 200 10 "say \"hello\"" "curl/7.88.1"
127.0.0.6 - - [30/Nov/2026:13:00:06 +0000] "GET /f HTTP/1.1" 200 10 "https://example.com/" "5\" disk"
127.0.0.7 - John Doe [30/Nov/2026:13:00:07 +0000] "GET /g HTTP/1.1" 200 10 "-" "curl/7.88.1"
END

# Runs a query, and prints the row that it gives, or the rows in one line.
query() {
    unpacked /usr/bin/lnav -n -c ";$1" -c ':write-csv-to -' "$folder/access.log" </dev/null |
        tail -n +2 | paste -s -d ' '
}
# Prints columns of the row of a line.
row() {
    local columns=''
    for column in "${@:2}"; do
        columns+="${columns:+ || ' ' || }ifnull($column, 'NULL')"
    done
    query "SELECT $columns FROM access_log WHERE log_line = $(($1 - 1))"
}
expect 'lines, count(*) and sum of bytes of the log' \
    "$(awk '{ lines++; match($0, /" [0-9]+ [0-9]+ "/); split(substr($0, RSTART), words, " ")
        bytes += words[3] } END { print lines, lines, bytes }' "$folder/access.log")" '7 7 70'
expect 'the same by lnav' \
    "$(query "SELECT count(*) || ' ' || sum(sc_bytes) FROM access_log")" '7 50'
expect 'rows with a status' "$(query 'SELECT count(sc_status) FROM access_log')" 5
expect 'rows with a status of 400 and more, of two' \
    "$(query 'SELECT count(*) FROM access_log WHERE sc_status >= 400')" 1
columns=(c_ip cs_username sc_status cs_referer cs_user_agent)
expect 'ordinary' "$(row 1 "${columns[@]}")" \
    '127.0.0.1 alice 200 https://example.com/ curl/7.88.1'
expect 'HTTP/0.9' "$(row 2 "${columns[@]}")" 'NULL NULL NULL NULL NULL'
expect 'half a line' "$(row 3 "${columns[@]}")" 'NULL NULL NULL NULL NULL'
expect 'client that fell silent' "$(row 4 "${columns[@]}")" '127.0.0.4 - 408 - -'
expect 'quotes in the referer' "$(row 5 "${columns[@]}")" '127.0.0.5 - 200 NULL NULL'
expect 'quotes in the user agent' "$(row 6 "${columns[@]}")" \
    "127.0.0.6 - 200 https://example.com/ 5\\"
expect 'blank in the name' "$(row 7 "${columns[@]}")" '- Doe 200 - curl/7.88.1'
verdict
