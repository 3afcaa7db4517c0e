//! Presets: the formats that servers and services write unless they are told otherwise, by name.

use std::fmt;

use delimark::QuoteEscape;

use crate::assembly::{Given, assemble};
use crate::described;
use crate::encoding::Encoding;
use crate::error::{FormatError, near_names};
use crate::format::{Directives, LogFormat, Options};
use crate::haproxy;
use crate::w3c;

/// A format that has a name.
///
/// # Examples
///
/// ```
/// use delimark_formats::Preset;
///
/// for preset in Preset::ALL {
///     println!("{:16} {}\n{:16} {}", preset.name(), preset.description(), "", preset.example());
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    name: &'static str,
    description: &'static str,
    example: &'static str,
    source: Source,
}

/// The way in which a preset's format is described.
#[derive(Clone, Copy, Debug)]
enum Source {
    Nginx(&'static str),
    Apache(&'static str),
    Haproxy(&'static str),
    /// In our own notation.
    Described {
        text: &'static str,
        encoding: Encoding,
        quote_escape: QuoteEscape,
        extent: Extent,
    },
    Fields {
        directives: Directives,
        names: &'static str,
    },
    NoFields(Directives),
}

/// The lines that a described format has besides those that are as it says.
#[derive(Clone, Copy, Debug)]
enum Extent {
    Exact,
    Padded,
    /// Shorter lines, of at least so many fields, are older, and longer ones newer. Fields stand in
    /// quotes, or do not.
    Growing(usize),
}

const fn raw(text: &'static str, extent: Extent) -> Source {
    let (encoding, quote_escape) = (Encoding::Verbatim, QuoteEscape::None);
    Source::Described { text, encoding, quote_escape, extent }
}

const COMBINED: &str = r#"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#;

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 21] = [
        Self {
            name: "combined",
            description: "nginx's and Apache's combined format: the default of both, and of many \
                          others",
            example: r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET /?q=1 HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11)""#,
            source: Source::Apache(COMBINED),
        },
        Self {
            name: "nginx-combined",
            description: "combined as nginx writes it, with \\xHH for what it escapes",
            example: r#"10.0.0.1 - alice [01/Mar/2026:10:00:00 +0000] "GET /?q=\x22 HTTP/1.1" 200 512 "-" "curl/8.5.0""#,
            source: Source::Nginx(
                r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
            ),
        },
        Self {
            name: "apache-combined",
            description: "combined as Apache writes it, with escapes of C",
            example: r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET /\"q\" HTTP/1.1" 404 196 "-" "curl/8.5.0""#,
            source: Source::Apache(COMBINED),
        },
        Self {
            name: "common",
            description: "the common log format, without referrer and user agent",
            example: r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512"#,
            source: Source::Apache(r#"%h %l %u %t "%r" %>s %b"#),
        },
        Self {
            name: "vhost-combined",
            description: "Debian's vhost_combined of Apache: the virtual server before combined",
            example: r#"www.example.com:443 10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 3380 "-" "curl/8.5.0""#,
            source: Source::Apache(
                r#"%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i""#,
            ),
        },
        Self {
            name: "haproxy-http",
            description: "HAProxy with 'option httplog', with or without syslog's header",
            example: r#"Mar  1 10:00:00 localhost haproxy[123]: 10.0.1.2:33317 [01/Mar/2026:10:00:00.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1""#,
            source: Source::Haproxy(haproxy::HTTP),
        },
        Self {
            name: "haproxy-https",
            description: "HAProxy with 'option httpslog', with or without syslog's header",
            example: r#"10.0.1.2:33317 [01/Mar/2026:10:00:00.655] https-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1" 0/0/0/0/0 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384"#,
            source: Source::Haproxy(haproxy::HTTPS),
        },
        Self {
            name: "haproxy-tcp",
            description: "HAProxy with 'option tcplog', with or without syslog's header",
            example: "10.0.1.2:33313 [01/Mar/2026:10:00:00.443] fnt bck/srv1 0/0/5007 212 -- \
                      0/0/0/0/3 0/0",
            source: Source::Haproxy(haproxy::TCP),
        },
        Self {
            name: "lighttpd",
            description: "lighttpd's default: combined with the host asked for in place of the \
                          user's process",
            example: r#"10.0.0.1 www.example.com - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0""#,
            source: Source::Apache(r#"%h %V %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i""#),
        },
        Self {
            name: "squid",
            description: "Squid's native format",
            example: "1772359200.450    921 10.0.0.1 TCP_MISS/200 507 GET http://example.com/ - \
                      HIER_DIRECT/93.184.216.34 text/html",
            source: raw(
                "${time_sec:epoch} ${request_time_ms:milliseconds} $remote_addr \
                 ${cache_result:word}/$status ${bytes_sent:integer} $request_method ${uri:field} \
                 ${remote_user:text:percent-and-backslash} \
                 ${hierarchy:word}/${server_addr:address} ${content_type:field}",
                Extent::Padded,
            ),
        },
        Self {
            name: "squid-combined",
            description: "Squid's combined format, in which nothing but users' names is escaped",
            example: r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET http://example.com/ HTTP/1.1" 200 507 "-" "curl/8.5.0" TCP_MISS:HIER_DIRECT"#,
            source: raw(
                "$remote_addr ${remote_logname:field} ${remote_user:text:percent-and-backslash} \
                 [$time_local] \"$request\" $status ${bytes_sent:integer} \"$http_referer\" \
                 \"$http_user_agent\" ${cache_result:word}:${hierarchy:word}",
                Extent::Exact,
            ),
        },
        Self {
            name: "varnish",
            description: "varnishncsa's default: combined, with the whole URL in the request",
            example: r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET http://example.com/ HTTP/1.1" 200 512 "-" "curl/8.5.0""#,
            source: Source::Apache(r#"%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i""#),
        },
        Self {
            name: "iis",
            description: "IIS: W3C's extended format; columns as '#Fields:' says, or IIS's default",
            example: "2026-03-01 10:00:00 10.0.0.2 GET /index.html q=1 80 - 10.0.0.1 \
                      Mozilla/5.0+(X11) - 200 0 0 15",
            source: Source::Fields {
                directives: Directives::Iis,
                names: "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
                        cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status \
                        time-taken",
            },
        },
        Self {
            name: "w3c",
            description: "W3C's extended format; columns as '#Fields:' says",
            example: "#Fields: date time c-ip cs-method cs-uri sc-status",
            source: Source::NoFields(Directives::W3c),
        },
        Self {
            name: "cloudfront",
            description: "CloudFront's standard logs; columns as '#Fields:' says, or its default",
            example: "2026-03-01\t10:00:00\tFRA2-C1\t2390\t10.0.0.1\tGET\t\
                      d111111abcdef8.cloudfront.net\t/view/my/file.html\t200\t-\t\
                      Mozilla/5.0%20(X11)\t-\t-\tHit\tSOX4xwn4XV6Q4rgb7XiVGOHms==\t\
                      www.example.com\thttps\t23\t0.001\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tHit\t\
                      HTTP/2.0\t-\t-\t11040\t0.001\tHit\ttext/html\t78\t-\t-",
            source: Source::Fields {
                directives: Directives::CloudFront,
                names: "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem \
                        sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) \
                        x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes \
                        time-taken x-forwarded-for ssl-protocol ssl-cipher \
                        x-edge-response-result-type cs-protocol-version fle-status \
                        fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type \
                        sc-content-type sc-content-len sc-range-start sc-range-end",
            },
        },
        Self {
            name: "alb",
            description: "AWS Application Load Balancer",
            example: r#"https 2026-03-01T10:00:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 2026-03-01T09:59:59.135000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90"#,
            source: raw(
                "${type:field} ${time:iso} ${elb:field} ${client:field} ${target:field} \
                 ${request_processing_time:seconds} ${target_processing_time:seconds} \
                 ${response_processing_time:seconds} ${elb_status_code:integer} \
                 ${target_status_code:integer} ${received_bytes:integer} ${sent_bytes:integer} \
                 ${request:field} ${user_agent:field} ${ssl_cipher:field} ${ssl_protocol:field} \
                 ${target_group_arn:field} ${trace_id:field} ${domain_name:field} \
                 ${chosen_cert_arn:field} ${matched_rule_priority:integer} \
                 ${request_creation_time:iso} ${actions_executed:field} ${redirect_url:field} \
                 ${error_reason:field} ${target_port_list:field} ${target_status_code_list:field} \
                 ${classification:field} ${classification_reason:field} ${conn_trace_id:field}",
                Extent::Growing(17),
            ),
        },
        Self {
            name: "s3",
            description: "AWS S3 server access logs",
            example: r#"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [01/Mar/2026:10:00:00 +0000] 192.0.2.3 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /amzn-s3-demo-bucket1?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSV1.2 arn:aws:s3:us-west-1:123456789012:accesspoint/example-AP Yes"#,
            source: raw(
                "${bucket_owner:field} ${bucket:field} [$time_local] ${remote_addr:address} \
                 ${requester:field} ${request_id:field} ${operation:field} ${key:field} \
                 ${request:field} ${status:integer} ${error_code:field} ${bytes_sent:integer} \
                 ${object_size:integer} ${total_time_ms:milliseconds} \
                 ${turn_around_time_ms:milliseconds} ${http_referer:field} \
                 ${http_user_agent:field} ${version_id:field} ${host_id:field} \
                 ${signature_version:field} ${ssl_cipher:field} ${authentication_type:field} \
                 ${host:field} ${ssl_protocol:field} ${access_point_arn:field} \
                 ${acl_required:field}",
                Extent::Growing(18),
            ),
        },
        Self {
            name: "envoy",
            description: "Envoy's default format",
            example: r#"[2026-03-01T10:00:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80""#,
            source: raw(
                "[${start_time:iso}] \"$request_method ${uri:token} ${server_protocol:token}\" \
                 $status ${response_flags:field} ${bytes_received:integer} ${bytes_sent:integer} \
                 ${duration_ms:milliseconds} ${upstream_service_time_ms:milliseconds} \
                 \"$http_x_forwarded_for\" \"$http_user_agent\" \"${request_id:token}\" \
                 \"${authority:token}\" \"${upstream_host:token}\"",
                Extent::Exact,
            ),
        },
        Self {
            name: "traefik",
            description: "Traefik's common log format",
            example: r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0" 13 "web@docker" "http://172.17.0.2:80" 4ms"#,
            source: raw(
                "$remote_addr - $remote_user [$time_local] \"$request\" $status \
                 $body_bytes_sent \"$http_referer\" \"$http_user_agent\" \
                 ${request_count:integer} \"$router_name\" \"$server_url\" \
                 ${duration_ms:milliseconds}ms",
                Extent::Exact,
            ),
        },
        Self {
            name: "ingress-nginx",
            description: "the default of Kubernetes' ingress-nginx",
            example: r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512 "-" "curl/8.5.0" 74 0.003 [default-web-80] [] 10.244.0.7:8080, 10.244.0.8:8080 0, 512 0.001, 0.002 502, 200 8a7c6b5d4e3f2a1b0c9d8e7f6a5b4c3d"#,
            source: Source::Nginx(
                r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#,
            ),
        },
        Self {
            name: "elb",
            description: "AWS Classic Load Balancer",
            example: r#"2026-03-01T10:00:00.943958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -"#,
            source: raw(
                "${time:iso} ${elb:field} ${client:field} ${backend:field} \
                 ${request_processing_time:decimal} ${backend_processing_time:decimal} \
                 ${response_processing_time:decimal} ${elb_status_code:integer} \
                 ${backend_status_code:integer} ${received_bytes:integer} ${sent_bytes:integer} \
                 ${request:field} ${user_agent:field} ${ssl_cipher:field} ${ssl_protocol:field}",
                Extent::Growing(12),
            ),
        },
    ];

    /// Returns the preset with this name.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn find(name: &str) -> Result<&'static Self, PresetError> {
        let mut presets = const { &Self::ALL }.iter();
        let found = presets.find(|preset| preset.name == name);
        found.ok_or_else(|| PresetError { name: name.to_owned() })
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns a line that says whose it is.
    #[must_use]
    pub fn description(&self) -> &'static str {
        self.description
    }

    /// Returns a line in this format.
    #[must_use]
    pub fn example(&self) -> &'static str {
        self.example
    }

    /// Makes the format.
    ///
    /// # Panics
    ///
    /// Never: a test makes each of them.
    #[must_use]
    pub fn format(&self) -> LogFormat {
        self.read().expect("presets are formats")
    }

    fn read(&self) -> Result<LogFormat, FormatError> {
        match self.source {
            Source::Nginx(text) => LogFormat::nginx(text),
            Source::Apache(text) => LogFormat::apache(text),
            Source::Haproxy(text) => LogFormat::haproxy(text),
            Source::Fields { directives, names } => w3c::with_fields(directives, names),
            Source::NoFields(directives) => Ok(w3c::without_fields(directives)),
            Source::Described { text, encoding, quote_escape, extent } => {
                let options = match extent {
                    Extent::Exact => Options::default(),
                    Extent::Padded => Options { has_blank_runs: true, ..Options::default() },
                    Extent::Growing(count) => {
                        Options { pieces_required: Some(count), ..Options::default() }
                    }
                };
                let template = described::template(text, encoding, quote_escape);
                let has_quotes = matches!(extent, Extent::Growing(_));
                assemble(template, Given { options, has_quotes, ..Given::default() })
            }
        }
    }
}

impl LogFormat {
    /// Makes the format of a preset, by its name.
    ///
    /// # Errors
    ///
    /// There is no preset with this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    ///
    /// assert!(LogFormat::preset("haproxy-http").is_ok());
    /// let error = LogFormat::preset("combind").unwrap_err().to_string();
    /// assert!(error.starts_with("unknown preset 'combind' (expected one of: combined, "));
    /// assert!(error.ends_with("; is it combined?"));
    /// ```
    pub fn preset(name: &str) -> Result<Self, PresetError> {
        Preset::find(name).map(Preset::format)
    }
}

/// A name that no preset has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetError {
    name: String,
}

impl fmt::Display for PresetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Preset::ALL.map(|preset| preset.name);
        write!(
            formatter,
            "unknown preset '{}' (expected one of: {})",
            self.name,
            names.join(", ")
        )?;
        match &*near_names(&self.name, names.into_iter()) {
            "" => Ok(()),
            near => write!(formatter, "; is it {near}?"),
        }
    }
}

impl std::error::Error for PresetError {}
