//! Format strings by which lines cannot be split: the error, its place, and what it advises.

use delimark_formats::{FormatError, LogFormat};

use crate::check::names;

#[track_caller]
fn check(result: Result<LogFormat, FormatError>, offset: usize, reason: &str) {
    match result {
        Ok(format) => panic!("it is accepted: {format:?}"),
        Err(error) => assert_eq!((error.offset(), error.reason()), (offset, reason)),
    }
}

#[test]
fn side_by_side() {
    check(
        LogFormat::nginx("$remote_addr $status$request_time"),
        20,
        "nothing stands between $status and $request_time; put a delimiter between them",
    );
    check(
        LogFormat::apache("%h %s%b"),
        5,
        "nothing stands between %s and %b; put a delimiter between them",
    );
}

#[test]
fn literals_that_values_have() {
    check(
        LogFormat::nginx("$host-$server_name $status"),
        5,
        "the values of $host and of $server_name can both have the '-' between them; put \
         another delimiter there, or quotes around each",
    );
    check(
        LogFormat::haproxy("%[var(a)]/%[var(b)] %ST"),
        9,
        "the values of %[var(a)] and of %[var(b)] can both have the '/' between them; put \
         another delimiter there, or quotes around each",
    );
    assert!(LogFormat::nginx("$server_port-$server_name $status").is_err());
    assert!(LogFormat::nginx("$server_port/$server_name $status").is_ok());
}

#[test]
fn blanks_without_quotes() {
    check(
        LogFormat::nginx("log_format x '$remote_addr $remote_user '\n  '$request $status';"),
        45,
        "$request mostly has blanks in it, which cannot be told from those between fields while \
         $remote_user can have them, too; put quotes around it, or another delimiter between \
         all fields",
    );
    check(
        LogFormat::apache("%h %u %r %s"),
        6,
        "%r mostly has blanks in it, which cannot be told from those between fields while %u \
         can have them, too; put quotes around it, or another delimiter between all fields",
    );
    // Alone, it takes what is too much.
    assert!(LogFormat::nginx("$remote_addr $request $status").is_ok());
    // Between two quoted values, others are counted on their own.
    assert!(LogFormat::nginx("$remote_user \"$http_referer\" $request $status").is_ok());
    // But not where a quote can be in a value.
    let none = "log_format x escape=none '$remote_user \"$http_referer\" $request $status';";
    assert!(LogFormat::nginx(none).is_err());
}

#[test]
fn braces_beside_open_values() {
    check(
        LogFormat::haproxy("%ci %hr %[var(x)] %ST"),
        4,
        "%hr may not be there, and %[var(x)] beside it can have blanks and braces as it has; put \
         quotes around %[var(x)]",
    );
    assert!(LogFormat::haproxy("%ci %hr %ST %[var(x)]").is_ok());
    assert!(LogFormat::haproxy("%ci %hr %{+Q}[var(x)] %ST").is_ok());
}

#[test]
fn strings_that_do_not_end() {
    check(
        LogFormat::nginx("log_format main '$status"),
        16,
        "the string that begins here has no ' at its end",
    );
    check(LogFormat::nginx("$status \"$request"), 8, "this quote has no second one; close it");
    check(LogFormat::apache("LogFormat \"%h %s"), 10, "the string that begins here does not end");
    check(
        LogFormat::haproxy("log-format \"%ci %ST"),
        11,
        "the string that begins here has no \" at its end",
    );
    check(
        LogFormat::haproxy("log-format %ci %ST"),
        15,
        "the format ends before this, at a blank; put quotes around all of it, or a backslash \
         before each blank",
    );
}

#[test]
fn names_that_are_not_known() {
    check(
        LogFormat::nginx("log_format x escape=jsn '$status';"),
        13,
        "unknown escape 'jsn' (expected one of: default, json, none); is it json?",
    );
    check(LogFormat::nginx("$status $"), 8, "no name of a variable stands behind this '$'");
    check(LogFormat::apache("%h %J"), 3, "unknown directive %J");
    check(LogFormat::apache("%h %M"), 3, "unknown directive %M; is it %m?");
    check(LogFormat::apache("%h %i"), 3, "the directive %i has no name in braces, as in %{name}i");
    check(LogFormat::apache("%h %{Referer"), 3, "the '{' of this directive has no '}'");
    check(LogFormat::apache("%h %{min}T"), 3, "unknown unit 'min' (expected one of: s, ms, us)");
    check(LogFormat::haproxy("%ci %sT"), 4, "unknown alias 'sT'; is it ST?");
    check(
        LogFormat::haproxy("%ci %{+Z}r"),
        4,
        "unknown flag 'Z' (expected one of: Q, X, E, bin, json, cbor)",
    );
    check(LogFormat::haproxy("%ci %[src"), 4, "this expression has no ']' at its end");
}

#[test]
fn what_other_tools_read() {
    check(
        LogFormat::haproxy("%{+json}o %(a)ci"),
        0,
        "the flag 'json' makes logs that a reader of json reads",
    );
    check(
        LogFormat::haproxy("%ci %hrl"),
        4,
        "%hrl writes as many values as there are captured headers, which the format does not \
         tell; log %hr in its place, or each as %[capture...] in quotes",
    );
    check(
        LogFormat::apache("%h\\n%s"),
        2,
        "a line break ends the record; take it out of the format, since records of several \
         lines cannot be read",
    );
}

#[test]
fn nothing_to_read() {
    check(LogFormat::nginx(""), 0, "there is no variable in it, so no line has a column");
    check(
        LogFormat::nginx("log_format a '$status'; log_format b '$host';"),
        35,
        "another log_format begins here; give one of them",
    );
    check(LogFormat::haproxy("plain"), 0, "there is no variable in it, so no line has a column");
}

#[test]
fn configurations_are_read_if_they_have_one_format() {
    let vhost = "<VirtualHost *:443>\n  ServerName x\n  LogFormat \"%h %>s\" short\n  CustomLog \
                 access.log short\n</VirtualHost>\n";
    let haproxy = "frontend web\n    bind :80\n    log-format \"%ci|%ST\"\n    \
                   error-log-format \"%ci\"\n";
    let lighttpd = "server.port = 80\naccesslog.format=\"%h %>s\"\n";
    let continued = "<VirtualHost _default_:443>\nCustomLog logs/ssl_request_log \\\n        \
                     \"%h \\\n%>s\"\n</VirtualHost>\n";
    for text in [vhost, haproxy, lighttpd, continued, &continued.replace('\n', "\r\n")] {
        let format = LogFormat::of_server(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(names(&format), "remote_addr status", "{text}");
    }
    let second = vhost.replace("  CustomLog", "  logformat \"%h\" other\n  CustomLog");
    let error = LogFormat::of_server(&second).unwrap_err();
    assert_eq!(error.reason(), "another logformat begins here; give one of them");
    assert_eq!(error.offset(), second.find("logformat").unwrap());
    // The place is that in the whole text.
    let error = LogFormat::of_server(&haproxy.replace("%ST", "%XY")).unwrap_err();
    assert_eq!(error.offset(), haproxy.find("%ST").unwrap());
    assert!(
        error.to_string().ends_with("log-format \"%ci|%XY\"\n                      ^"),
        "{error}"
    );
}
