#!/usr/bin/env bash
# apache-log-parser 1.7.0 (PyPI) takes the minutes of a time zone for a tenth of what they are.
#
# `+0530` is 5 hours and 3 minutes for it: both times with a zone that it gives, UTC and local, are
# 27 minutes off; those of `+0545` are 41 minutes off. The time of the day as it was written is
# right, and so are zones of whole hours.
#
# From a request line it takes methods of its own list, and versions of one digit after `1.`. Of
# HTTP/2 the version is None and the URL is `/a HTTP/2.0`; for `REPORT`, `SEARCH` or `QUERY` method,
# URL and version are empty.
#
# For readers: logs of India, Iran, Nepal, Newfoundland and others do not line up with other logs;
# counts by URL have one page two times. Zone and request line have to be taken from the line
# itself. apachelogs 0.6.1 has the right times, and gives the request line as it is.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

without_wheels=apache-log-parser
python_packages apache-log-parser==1.7.0 apachelogs==0.6.1 user-agents==2.2.0 ua-parser==1.0.2
cat >"$folder/read.py" <<'END'
import datetime
import sys
import apache_log_parser
import apachelogs

job, value = sys.argv[1:]
zone, line = (value, "GET /a HTTP/1.1") if job != "request" else ("+0000", value)
text = f'[30/Nov/2026:13:00:00 {zone}] "{line}"'
if job == "other":
    time = apachelogs.LogParser('%t "%r"').parse(text).request_time
    print(time.astimezone(datetime.timezone.utc).isoformat())
else:
    entry = apache_log_parser.make_parser('%t "%r"')(text)
    if job == "utc":
        print(entry["time_received_utc_isoformat"])
    elif job == "local":
        print(entry["time_received_tz_isoformat"])
    else:
        names = ("request_method", "request_url", "request_http_ver")
        print("|".join(str(entry[name]) for name in names))
END
read_line() {
    "$folder/python/bin/python" "$folder/read.py" "$@" 2>&1
}
"$folder/python/bin/python" -c 'import importlib.metadata as metadata
print("apache-log-parser", metadata.version("apache-log-parser"))'

expect '13:00 +0000 in UTC' "$(read_line utc +0000)" 2026-11-30T13:00:00+00:00
expect '13:00 +0200 in UTC' "$(read_line utc +0200)" 2026-11-30T11:00:00+00:00
expect '13:00 +0530 in UTC, 07:30' "$(read_line utc +0530)" 2026-11-30T07:57:00+00:00
expect '    as a local time' "$(read_line local +0530)" 2026-11-30T13:00:00+05:03
expect '    in UTC for apachelogs' "$(read_line other +0530)" 2026-11-30T07:30:00+00:00
expect '13:00 +0545 in UTC, 07:15' "$(read_line utc +0545)" 2026-11-30T07:56:00+00:00
expect '13:00 -0330 in UTC, 16:30' "$(read_line utc -0330)" 2026-11-30T16:03:00+00:00
for version in 1.0 1.1; do
    expect "HTTP/$version" "$(read_line request "GET /a HTTP/$version")" "GET|/a|$version"
done
for version in 2.0 3.0; do
    expect "HTTP/$version" "$(read_line request "GET /a HTTP/$version")" \
        "GET|/a HTTP/$version|None"
done
expect 'PROPFIND' "$(read_line request 'PROPFIND /a HTTP/1.1')" 'PROPFIND|/a|1.1'
for method in REPORT SEARCH QUERY; do
    expect "$method" "$(read_line request "$method /a HTTP/1.1")" '||'
done
verdict
