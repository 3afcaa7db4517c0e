# What the recorded cache does with requests; the log is varnishncsa's, in its own format.
vcl 4.1;

backend application {
    .host = "127.0.0.1";
    .port = "18188";
}

sub vcl_recv {
    if (req.url ~ "^/\d+/forbidden/") {
        return (synth(403));
    }
    if (req.url ~ "^/\d+/private/" && !req.http.Authorization) {
        return (synth(401));
    }
}
