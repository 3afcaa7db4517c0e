//! Serves a folder of static files on the loopback interface, with the headers that a page needs
//! for threads and for a strict policy in its workers, too.
//!
//! As much of HTTP as browsers need for files: a connection asks once and is closed. Small servers
//! from crates.io were tried: with the six connections of a browser kept open, requests hung.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// The longest that a connection may keep its thread waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pause where no connection can be accepted.
const PAUSE: Duration = Duration::from_millis(50);

/// The most that a request may have to say; browsers say far less.
const REQUEST_BYTES_MOST: u64 = 64 << 10;

/// The headers that every file is sent with. The first two isolate the page from others, so that
/// its workers can share memory.
const HEADERS: [(&str, &str); 7] = [
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-cache"),
    ("Connection", "close"),
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
         style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
];

/// Browsers take scripts and modules only under their types.
const TYPES: [(&str, &str); 6] = [
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("wasm", "application/wasm"),
];

const OTHER_TYPE: &str = "text/plain; charset=utf-8";

/// A server that has its port and waits.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    port: u16,
}

impl Server {
    /// Takes a port, or any that is free.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub fn bind(port: Option<u16>) -> Result<Self> {
        let asked = port.unwrap_or(0);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, asked))
            .with_context(|| format!("port {asked} cannot be listened on: name another one"))?;
        let port = listener.local_addr().context("it listens on no address")?.port();
        Ok(Self { listener, port })
    }

    /// Returns the address that a browser finds it at.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Answers requests, each in a thread of its own, until the process ends.
    pub fn serve(&self, folder: &Path) -> ! {
        thread::scope(|scope| {
            loop {
                // Whoever asked may have left; the next one has not.
                match self.listener.accept() {
                    Ok((stream, _)) => drop(scope.spawn(move || respond(stream, folder))),
                    // Too many files are open, say; connections that end close theirs.
                    Err(_) => thread::sleep(PAUSE),
                }
            }
        })
    }
}

fn respond(mut stream: TcpStream, folder: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = read_request(&stream)?;
    let mut words = request.split(' ');
    let (method, url) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let file = find(url, folder).and_then(|path| Some((fs::read(&path).ok()?, path)));
    let (status, kind, body) = match (method, &file) {
        ("GET" | "HEAD", Some((bytes, path))) => ("200 OK", media_type(path), &bytes[..]),
        ("GET" | "HEAD", None) => ("404 Not Found", OTHER_TYPE, &b"there is no such file\n"[..]),
        _ => ("405 Method Not Allowed", OTHER_TYPE, &b"there are only files here\n"[..]),
    };
    let mut head = format!("HTTP/1.1 {status}\r\nAllow: GET, HEAD\r\nContent-Type: {kind}\r\n");
    for (name, value) in HEADERS {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    stream.write_all(if method == "HEAD" { &[] } else { body })
}

/// Reads the first line of a request, and skips its headers: closing what is not read out would
/// break the connection off.
fn read_request(stream: &TcpStream) -> io::Result<String> {
    // Headers may have any bytes: cookies that another program on this machine has set, say.
    let mut lines = BufReader::new(stream.take(REQUEST_BYTES_MOST)).split(b'\n');
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if matches!(&line?[..], b"" | b"\r") {
            break;
        }
    }
    Ok(String::from_utf8_lossy(request.trim_ascii_end()).into_owned())
}

/// Returns the file that a path names, within the folder and not hidden; a query says nothing here.
fn find(url: &str, folder: &Path) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.trim_start_matches('/');
    let path = Path::new(if path.is_empty() { "index.html" } else { path });
    let is_shown = |part: Component<'_>| match part {
        Component::Normal(name) => !name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    };
    path.components().all(is_shown).then(|| folder.join(path))
}

fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    TYPES.iter().find(|(known, _)| *known == ending).map_or(OTHER_TYPE, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::path::Path;
    use std::{fs, thread};

    use super::{Server, find, media_type};

    /// Answers a request, by a server of a folder with one page.
    fn answer(request: impl AsRef<[u8]>) -> String {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), "a page").unwrap();
        let server = Server::bind(None).unwrap();
        let address = server.address();
        let address = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
        // It serves for as long as the test's process lives.
        thread::spawn(move || server.serve(folder.path()));
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_ref()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_page_comes_isolated_and_under_a_strict_policy() {
        let answer = answer("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        for part in [
            "HTTP/1.1 200 OK\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
            "Cross-Origin-Opener-Policy: same-origin\r\n",
            "Cross-Origin-Embedder-Policy: require-corp\r\n",
            "default-src 'none'",
            "Content-Length: 6\r\n\r\na page",
        ] {
            assert!(answer.contains(part), "{part} is not in {answer}");
        }
        assert!(!answer.contains("unsafe-inline") && !answer.contains("'unsafe-eval'"));
    }

    #[test]
    fn what_is_not_there_or_not_asked_for_by_name_is_refused() {
        assert!(answer("GET /x HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        assert!(answer("GET /../x HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
        assert!(answer("POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
        assert!(answer("HEAD / HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n"));
        assert!(answer("nonsense\r\n\r\n").starts_with("HTTP/1.1 405 "));
        assert!(answer("POST / HTTP/1.1\r\n\r\n").contains("\r\nAllow: GET, HEAD\r\n"));
    }

    #[test]
    fn headers_may_have_any_bytes() {
        let mut request = b"GET / HTTP/1.1\r\nCookie: x=\xff\xfe\r\n\r\n".to_vec();
        assert!(answer(&request).starts_with("HTTP/1.1 200 "));
        request.truncate(request.len() - 2);
        request.extend(b"RunnerProcess: x\n\n");
        assert!(answer(&request).starts_with("HTTP/1.1 200 "));
    }

    #[test]
    fn a_port_that_is_taken_is_said() {
        let server = Server::bind(None).unwrap();
        let error = Server::bind(Some(server.port)).unwrap_err();
        assert!(error.to_string().contains("name another one"), "{error}");
    }

    #[test]
    fn nothing_outside_of_the_folder_is_found() {
        let folder = Path::new("page");
        assert_eq!(find("/", folder), Some("page/index.html".into()));
        assert_eq!(find("/package/index.js?x", folder), Some("page/package/index.js".into()));
        let hidden = "/.git/config";
        for url in ["/../secret", "/package/../../secret", "//etc/../x", "/./x/../../y", hidden] {
            assert_eq!(find(url, folder), None, "{url}");
        }
        // Nothing is decoded, so this is a name as any.
        assert_eq!(find("/%2e%2e/x", folder), Some("page/%2e%2e/x".into()));
    }

    #[test]
    fn scripts_and_modules_have_their_types() {
        assert_eq!(media_type(Path::new("main.js")), "text/javascript; charset=utf-8");
        assert_eq!(media_type(Path::new("x.wasm")), "application/wasm");
        assert_eq!(media_type(Path::new("LICENSE")), "text/plain; charset=utf-8");
    }
}
