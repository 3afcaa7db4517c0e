//! Checks of values, found by a log format.

use delimark::{Backend, Batch, RaggedPolicy, RaggedRecord, Record, Scanner, Span};
use delimark_formats::{Column, LogFormat, Preset, Recognizer, TimestampFormat, ValueType, decode};

use super::finding::FindingKind;
use super::findings::Findings;
use super::timestamps::seconds;
use crate::error::ExtractError;

/// Bytes of a request from which on one without its end was cut, and of a line for one without its
/// last quote: a line of 1,024 bytes has room for a request of so many and the values before it.
const CUT_REQUEST_BYTES: usize = 900;
const CUT_LINE_BYTES: usize = 1_000;

/// Seconds that times may go back: clocks are set, and threads of a server write out of turn.
const SECONDS_BACK: i64 = 60;

/// Names of columns that hold the status of a response.
const STATUSES: [&str; 3] = ["status", "sc-status", "elb_status_code"];

/// Names of columns that hold nothing but the requested address.
const ADDRESSES: [&str; 3] = ["request_uri", "uri", "http_uri"];

/// Columns whose values Varnish cuts, and the bytes that it leaves of them: a record has 255, with
/// the header's name, a colon, a blank, and a zero at the end. Of a request it is the path.
const CUT_VALUES: [(&str, usize); 3] = [
    ("request", 254),
    ("http_user_agent", 254 - "User-Agent: ".len()),
    ("http_referer", 254 - "Referer: ".len()),
];

/// Looks at the values of records.
#[derive(Debug)]
pub(super) struct RecordChecks {
    format: LogFormat,
    scanner: Scanner,
    places: Vec<Option<Span>>,
    roles: Roles,
    /// Lines in the format, and those that only say what it is.
    matched: u64,
    directives: u64,
    /// The time of the record before.
    last_seconds: Option<i64>,
    /// True for a value of which a longer one was seen: it is not Varnish that cuts it.
    has_longer: [bool; 3],
    /// Made when a line is in another format.
    recognizer: Option<Recognizer>,
    decoded: Vec<u8>,
}

/// The columns that something is known of, by index.
#[derive(Debug)]
struct Roles {
    request: Option<usize>,
    method: Option<usize>,
    address: Option<usize>,
    protocol: Option<usize>,
    status: Option<usize>,
    durations: Vec<usize>,
    times: Vec<(usize, TimestampFormat)>,
    cut_values: [Option<usize>; 3],
}

impl Roles {
    fn new(format: &LogFormat) -> Self {
        let find_any = |names: &[&str]| names.iter().find_map(|name| format.find(name));
        let columns = || format.columns().iter().enumerate();
        let is_duration = |column: &Column| {
            matches!(
                column.value_type(),
                ValueType::Seconds | ValueType::Milliseconds | ValueType::Microseconds
            )
        };
        Self {
            request: format.find("request"),
            method: format.find("request_method"),
            address: find_any(&ADDRESSES),
            protocol: format.find("server_protocol"),
            status: find_any(&STATUSES),
            durations: columns()
                .filter(|(_, column)| is_duration(column))
                .map(|(at, _)| at)
                .collect(),
            times: times(format),
            cut_values: CUT_VALUES.map(|(name, _)| format.find(name)),
        }
    }
}

/// Returns the columns that make up the time of a record: a whole one, or a date and a time of day.
fn times(format: &LogFormat) -> Vec<(usize, TimestampFormat)> {
    let stamps = || {
        format.columns().iter().enumerate().filter_map(|(index, column)| {
            match column.value_type() {
                ValueType::Timestamp(written) => Some((index, written)),
                _ => None,
            }
        })
    };
    let first = |wanted: TimestampFormat| stamps().find(|(_, written)| *written == wanted);
    let is_part = |written: TimestampFormat| {
        matches!(
            written,
            TimestampFormat::Date | TimestampFormat::TimeOfDay | TimestampFormat::Custom
        )
    };
    if let Some(whole) = stamps().find(|(_, written)| !is_part(*written)) {
        return vec![whole];
    }
    match (first(TimestampFormat::Date), first(TimestampFormat::TimeOfDay)) {
        (Some(date), Some(time)) => vec![date, time],
        // A time of day begins again each night.
        _ => Vec::new(),
    }
}

impl RecordChecks {
    pub(super) fn new(format: LogFormat, backend: Backend) -> Self {
        Self {
            scanner: scanner(&format, backend),
            places: vec![None; format.columns().len()],
            roles: Roles::new(&format),
            matched: 0,
            directives: 0,
            last_seconds: None,
            has_longer: [false; 3],
            recognizer: None,
            decoded: Vec::new(),
            format,
        }
    }

    /// Tells whether lines that begin with `#` can change the format.
    pub(super) fn has_directives(&self) -> bool {
        self.format.has_directives()
    }

    /// Returns how many lines were in the format, and how many said what it is.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.matched, self.directives)
    }

    /// Goes on in the format that a line names, if it names one.
    pub(super) fn read_directive(&mut self, line: &[u8], number: u64, findings: &mut Findings) {
        self.directives += 1;
        match self.format.read_directive(line.trim_ascii_end()) {
            Ok(None) => {}
            Ok(Some(format)) => {
                self.scanner = scanner(&format, self.scanner.backend());
                self.places = vec![None; format.columns().len()];
                self.roles = Roles::new(&format);
                self.format = format;
            }
            Err(error) => {
                let note = || Some(error.reason().to_owned());
                findings.add_with(FindingKind::UnknownFormat, number, note);
            }
        }
    }

    /// Looks at whole lines that come after so many others.
    pub(super) fn check(
        &mut self,
        bytes: &[u8],
        lines_before: u64,
        findings: &mut Findings,
    ) -> Result<(), ExtractError> {
        let mut batches = self.scanner.scan(bytes).with_lines_before(lines_before);
        let mut checks = Values {
            format: &self.format,
            places: &mut self.places,
            roles: &self.roles,
            matched: &mut self.matched,
            last_seconds: &mut self.last_seconds,
            has_longer: &mut self.has_longer,
            recognizer: &mut self.recognizer,
            decoded: &mut self.decoded,
        };
        while let Some(batch) = batches.next()? {
            for record in batch.records() {
                checks.check_record(&batch, &record, findings);
            }
            for ragged in batch.ragged() {
                checks.check_ragged(ragged, findings);
            }
        }
        Ok(())
    }

    /// Takes back what can be told at the end only.
    pub(super) fn finish(self, findings: &mut Findings) {
        for ((name, _), is_longer) in CUT_VALUES.iter().zip(self.has_longer) {
            if is_longer {
                findings.remove(&FindingKind::CutValue { column: (*name).to_owned() });
            }
        }
    }
}

fn scanner(format: &LogFormat, backend: Backend) -> Scanner {
    let dialect = format.dialect().with_ragged(RaggedPolicy::Report);
    Scanner::with_backend(dialect, backend).expect("a backend that a scanner has can run")
}

/// The checks of a batch, while its scanner is lent to it.
struct Values<'c> {
    format: &'c LogFormat,
    places: &'c mut [Option<Span>],
    roles: &'c Roles,
    matched: &'c mut u64,
    last_seconds: &'c mut Option<i64>,
    has_longer: &'c mut [bool; 3],
    recognizer: &'c mut Option<Recognizer>,
    decoded: &'c mut Vec<u8>,
}

impl Values<'_> {
    fn check_record(&mut self, batch: &Batch<'_>, record: &Record<'_>, findings: &mut Findings) {
        let (bytes, number) = (batch.as_bytes(), record.line_number());
        if let Err(mismatch) = self.format.match_record(bytes, record, self.places) {
            let reason = mismatch.to_string();
            return self.check_other(record, reason, findings);
        }
        *self.matched += 1;
        let value = |index: Option<usize>| self.places[index?].map(|span| &bytes[span.range()]);
        let line_bytes = record.as_bytes().len();
        if is_cut(
            value(self.roles.request),
            value(self.roles.address),
            value(self.roles.protocol),
            line_bytes,
        ) {
            findings.add(FindingKind::CutRequest, number);
        }
        let request = value(self.roles.request).unwrap_or_default();
        let method = value(self.roles.method).unwrap_or_default();
        if request.starts_with(b"PRI * HTTP/")
            || method == b"PRI" && value(self.roles.address) == Some(b"*")
        {
            findings.add(FindingKind::Http2Preface, number);
        }
        if let Some(status) = value(self.roles.status)
            && !is_status(status)
        {
            findings.add_status(status, number);
        }
        for &index in &self.roles.durations {
            if value(Some(index)).is_some_and(is_negative) {
                let column = self.format.columns()[index].name().to_owned();
                findings.add(FindingKind::NegativeDuration { column }, number);
            }
        }
        self.check_time(bytes, number, findings);
        self.check_lengths(bytes, number, findings);
    }

    fn check_time(&mut self, bytes: &[u8], number: u64, findings: &mut Findings) {
        let parts = self.roles.times.iter().map(|&(index, written)| {
            let span = self.places[index]?;
            seconds(written, &bytes[span.range()])
        });
        let Some(now) = parts.sum::<Option<i64>>().filter(|_| !self.roles.times.is_empty()) else {
            return;
        };
        if self.last_seconds.is_some_and(|last| now < last - SECONDS_BACK) {
            findings.add(FindingKind::TimeGoesBack, number);
        }
        *self.last_seconds = Some(now);
    }

    fn check_lengths(&mut self, bytes: &[u8], number: u64, findings: &mut Findings) {
        let columns = CUT_VALUES.iter().zip(self.roles.cut_values).zip(&mut *self.has_longer);
        for (((name, length), column), has_longer) in columns {
            let Some((index, span)) = column.and_then(|index| Some((index, self.places[index]?)))
            else {
                continue;
            };
            let value = match (*name, &bytes[span.range()]) {
                (_, value) if value.len() < *length => continue,
                ("request", request) => path_behind_site(request).unwrap_or_default(),
                (_, value) => value,
            };
            self.decoded.clear();
            decode(self.format.columns()[index].encoding(), value, self.decoded);
            if self.decoded.len() > *length {
                *has_longer = true;
            } else if self.decoded.len() == *length && !*has_longer {
                findings.add(FindingKind::CutValue { column: (*name).to_owned() }, number);
            }
        }
    }

    fn check_ragged(&mut self, ragged: RaggedRecord<'_>, findings: &mut Findings) {
        let record = ragged.record();
        let kind = if record.as_bytes().len() >= CUT_LINE_BYTES {
            FindingKind::CutRequest
        } else {
            FindingKind::OpenQuote
        };
        // Its quotes may be right by the rules of another format.
        match self.recognize(record.as_bytes()) {
            Some(preset) => {
                findings.add(FindingKind::OtherFormat { preset }, record.line_number());
            }
            None => findings.add(kind, record.line_number()),
        }
    }

    /// Adds a line that is in another format.
    fn check_other(&mut self, record: &Record<'_>, reason: String, findings: &mut Findings) {
        let line = record.as_bytes();
        if line.is_empty() {
            return;
        }
        match self.recognize(line) {
            Some(preset) => {
                findings.add(FindingKind::OtherFormat { preset }, record.line_number());
            }
            None => {
                let note = || Some(reason);
                findings.add_with(FindingKind::UnknownFormat, record.line_number(), note);
            }
        }
    }

    fn recognize(&mut self, line: &[u8]) -> Option<&'static str> {
        let recognizer = self.recognizer.get_or_insert_with(Recognizer::new);
        recognizer.recognize(line).map(Preset::name)
    }
}

/// Returns the path of a request for a whole address, as Varnish writes it.
fn path_behind_site(request: &[u8]) -> Option<&[u8]> {
    let site = memchr::memmem::find(request, b"://")? + 3;
    let path = site + memchr::memchr(b'/', &request[site..])?;
    let end = memchr::memmem::rfind(request, b" HTTP/")?;
    request.get(path..end)
}

/// Tells whether the end of a request was lost: its version is missing, or a part of one, and it is
/// as long as lines are where they are cut.
fn is_cut(
    request: Option<&[u8]>,
    address: Option<&[u8]>,
    protocol: Option<&[u8]>,
    line_bytes: usize,
) -> bool {
    let length = request.or(address).map_or(0, <[u8]>::len);
    if length < CUT_REQUEST_BYTES && line_bytes < CUT_LINE_BYTES || length < CUT_REQUEST_BYTES / 2 {
        return false;
    }
    match (protocol, request) {
        (Some(protocol), _) => !is_version(protocol),
        (None, Some(request)) => {
            let last = request.rsplit(|&byte| byte == b' ').next();
            !last.is_some_and(is_version)
        }
        (None, None) => false,
    }
}

/// Tells whether a version is one that a client can have sent with a long request.
fn is_version(value: &[u8]) -> bool {
    let number = value.strip_prefix(b"HTTP/");
    number.is_some_and(|number| !number.is_empty() && number != b"1." && number != b"0.9")
}

/// Tells whether a response can have had this status.
fn is_status(value: &[u8]) -> bool {
    matches!(value, [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9']) && value != b"100"
}

/// Tells whether a duration, or one of a list, is below zero.
fn is_negative(value: &[u8]) -> bool {
    let mut elements = value.split(|byte| matches!(byte, b',' | b' '));
    elements.any(|element| matches!(element, [b'-', b'0'..=b'9', ..]))
}
