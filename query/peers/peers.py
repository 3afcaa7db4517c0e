"""The programs that are compared: each answers a query over a text file, as JSON Lines.

    peers.py PROGRAM QUERY SHAPE LOG THREADS
"""

import json
import sys

NGINX12 = ["remote_addr", "time_iso8601", "request_method", "request_uri", "server_protocol",
           "status", "body_bytes_sent", "http_referer", "http_user_agent", "request_time",
           "upstream_addr", "upstream_response_time"]
# The time has a blank in it, which takes its place in two fields.
COMBINED = ["remote_addr", "remote_logname", "remote_user", "time_local", "time_zone", "request",
            "status", "body_bytes_sent", "http_referer", "http_user_agent"]

# What the shapes are to each program: options, columns, the URI, the hour, the amount.
FORMATS = {
    "nginx12": {
        "options": ["--log-format", "|".join("$" + name for name in NGINX12)],
        "columns": NGINX12, "delimiter": "|", "quote": "", "uri": "request_uri",
        "amount": "request_time", "amount_type": "DECIMAL(18,3)", "time": "time_iso8601",
    },
    "combined": {
        "options": ["--preset", "combined"],
        "columns": COMBINED, "delimiter": " ", "quote": '"', "uri": "request",
        "amount": "body_bytes_sent", "amount_type": "BIGINT", "time": "time_local",
    },
}

# The hour of a time, as the text that it is in the log or, in delimark, as the time that it is.
CLF_HOUR = "substr(time_local, 2, 14)"
ISO_HOUR = "substr(time_iso8601, 1, 13)"

QUERIES = {
    "count by status": "SELECT status AS key, count(*) AS hits FROM LOG GROUP BY status",
    "top URIs": "SELECT URI AS key, count(*) AS hits FROM LOG GROUP BY URI"
                " ORDER BY hits DESC, key LIMIT 10",
    "percentile by hour": "SELECT HOUR AS key, count(*) AS hits, PERCENTILE AS percentile"
                          " FROM LOG WHERE status >= 400 GROUP BY HOUR",
    "one of a hundred": "SELECT max(URI) AS key, count(*) AS hits, sum(body_bytes_sent) AS bytes"
                        " FROM LOG WHERE status = 404",
}


def sql(query, shape, hour, percentile, table):
    """Fills a query in."""
    text = QUERIES[query].replace("PERCENTILE", percentile).replace("HOUR", hour)
    return text.replace("URI", FORMATS[shape]["uri"]).replace("LOG", table)


def hour_of_text(shape):
    return ISO_HOUR if shape == "nginx12" else CLF_HOUR


def delimark(query, shape, log):
    form = FORMATS[shape]
    pattern = "%Y-%m-%dT%H" if shape == "nginx12" else "%d/%b/%Y:%H"
    hour = f"to_char(date_trunc('hour', {form['time']}), '{pattern}')"
    return sql(query, shape, hour, f"approx_percentile_cont({form['amount']}, 0.99)", f"'{log}'")


def datafusion_csv(query, shape, log):
    form = FORMATS[shape]
    types = {name: "VARCHAR" for name in form["columns"]} | {
        "status": "BIGINT", "body_bytes_sent": "BIGINT", form["amount"]: form["amount_type"],
    }
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    quote = f", 'format.quote' '{form['quote']}'" if form["quote"] else ", 'format.quote' '\x01'"
    create = (f"CREATE EXTERNAL TABLE text ({columns}) STORED AS CSV LOCATION '{log}' OPTIONS ("
              f"'format.delimiter' '{form['delimiter']}', 'format.has_header' 'false',"
              f" 'format.null_regex' '^-$'{quote})")
    hour, percentile = hour_of_text(shape), f"approx_percentile_cont({form['amount']}, 0.99)"
    return f"{create}; {sql(query, shape, hour, percentile, 'text')}"


def duckdb(query, shape, log, threads):
    import duckdb

    form = FORMATS[shape]
    types = {name: "VARCHAR" for name in form["columns"]} | {
        "status": "BIGINT", "body_bytes_sent": "BIGINT", form["amount"]: form["amount_type"],
    }
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    quote = form["quote"]
    table = (f"read_csv('{log}', delim='{form['delimiter']}', header=false, quote='{quote}',"
             f" escape='{quote}', nullstr='-', columns={{{columns}}})")
    connection = duckdb.connect()
    connection.execute(f"SET threads={threads}")
    percentile = f"approx_quantile({form['amount']}, 0.99)"
    answer = connection.execute(sql(query, shape, hour_of_text(shape), percentile, table))
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row)) for row in answer.fetchall()]


def polars(query, shape, log, threads):
    import polars

    form = FORMATS[shape]
    amount = polars.Float64 if shape == "nginx12" else polars.Int64
    schema = {name: polars.String for name in form["columns"]} | {
        "status": polars.Int64, "body_bytes_sent": polars.Int64, form["amount"]: amount,
    }
    frame = polars.scan_csv(log, has_header=False, separator=form["delimiter"],
                            quote_char=form["quote"] or None, schema=schema, null_values="-")
    uri, hits = polars.col(form["uri"]), polars.len().alias("hits")
    if query == "count by status":
        frame = frame.group_by(polars.col("status").alias("key")).agg(hits)
    elif query == "top URIs":
        frame = frame.group_by(uri.alias("key")).agg(hits)
        frame = frame.sort(["hits", "key"], descending=[True, False]).head(10)
    elif query == "percentile by hour":
        hour = polars.col(form["time"]).str.slice(*((0, 13) if shape == "nginx12" else (1, 14)))
        percentile = polars.col(form["amount"]).quantile(0.99).alias("percentile")
        frame = frame.filter(polars.col("status") >= 400)
        frame = frame.group_by(hour.alias("key")).agg(hits, percentile)
    else:
        frame = frame.filter(polars.col("status") == 404)
        total = polars.col("body_bytes_sent").sum().alias("bytes")
        frame = frame.select(uri.max().alias("key"), hits, total)
    return frame.collect(engine="streaming").to_dicts()


PROGRAMS = {"delimark": delimark, "datafusion-csv": datafusion_csv, "duckdb": duckdb,
            "polars": polars}


def main():
    name, query, shape, log, threads = sys.argv[1:]
    for row in PROGRAMS[name](query, shape, log, int(threads)):
        print(json.dumps(row, default=str))


if __name__ == "__main__":
    main()
