//! The HTTP client: addresses, headers, TLS, and one request at a time.

use std::fs;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER,
};
use reqwest::{Certificate, Proxy, Response, Url, redirect};

use super::answer::Answer;
use super::options::LokiOptions;
use super::secret::Credentials;
use super::wire::Body;

/// The path of pushes.
const PUSH_PATH: &str = "/loki/api/v1/push";

/// The most of an answer that is read, in bytes.
const TEXT_BYTES: usize = 16 << 10;

/// Talks to a Loki server.
#[derive(Debug)]
pub(super) struct Client {
    client: reqwest::Client,
    push_url: Url,
    ready_url: Url,
    tenant: Option<HeaderValue>,
    credentials: Credentials,
    authorization: Option<HeaderValue>,
}

impl Client {
    /// Checks what can be checked without secrets and certificates.
    ///
    /// # Errors
    ///
    /// An option is wrong; the text names it, and shows no secret.
    pub(super) fn check(options: &LokiOptions) -> Result<(), String> {
        push_url(&options.url)?;
        tenant(options)?;
        proxy(options).map(drop)
    }

    /// Makes a client, and reads its secrets.
    ///
    /// # Errors
    ///
    /// An option is wrong; the text names it, and shows no secret.
    pub(super) fn new(options: &LokiOptions) -> Result<Self, String> {
        let push_url = push_url(&options.url)?;
        let mut ready_url = push_url.clone();
        ready_url.set_path("/ready");
        Ok(Self {
            client: build(options)?,
            push_url,
            ready_url,
            tenant: tenant(options)?,
            credentials: options.credentials.clone(),
            authorization: authorization(&options.credentials)?,
        })
    }

    /// Pushes, and returns the answer, or why there was none.
    pub(super) async fn push(&self, body: &Body) -> Result<Answer, String> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
        if let Some(encoding) = body.content_encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if let Some(tenant) = &self.tenant {
            headers.insert("x-scope-orgid", tenant.clone());
        }
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        let request = self.client.post(self.push_url.clone()).headers(headers);
        let response = request.body(body.bytes.clone()).send().await;
        let response = response.map_err(|error| causes(&error))?;
        read(response).await
    }

    /// Returns false if the server says that it is not ready, or nothing at all.
    pub(super) async fn is_ready(&self) -> bool {
        let response = self.client.get(self.ready_url.clone()).send().await;
        response.is_ok_and(|response| !response.status().is_server_error())
    }

    /// Reads the secrets again, since they may have been changed.
    pub(super) fn renew_credentials(&mut self) -> Result<(), String> {
        self.authorization = authorization(&self.credentials)?;
        Ok(())
    }
}

fn build(options: &LokiOptions) -> Result<reqwest::Client, String> {
    // Another one that the process has is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("delimark/", env!("CARGO_PKG_VERSION")))
        .timeout(options.timeout)
        .connect_timeout(options.connect_timeout)
        // A push that is sent elsewhere as a GET is lost without an error.
        .redirect(redirect::Policy::none());
    if let Some(proxy) = proxy(options)? {
        builder = builder.proxy(proxy);
    }
    if let Some(path) = &options.authority_file {
        let wrong = |error: String| format!("authority file {}: {error}", path.display());
        let text = fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let certificates = Certificate::from_pem_bundle(&text);
        let certificates = certificates.map_err(|error| wrong(causes(&error)))?;
        if certificates.is_empty() {
            return Err(wrong("it has no certificate (PEM)".to_owned()));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| causes(&error))
}

fn tenant(options: &LokiOptions) -> Result<Option<HeaderValue>, String> {
    let tenant = options.tenant.as_deref().map(HeaderValue::from_str).transpose();
    tenant.map_err(|_| "tenant: it has letters that no header may have".to_owned())
}

fn proxy(options: &LokiOptions) -> Result<Option<Proxy>, String> {
    let proxy = options.proxy.as_deref().map(Proxy::all).transpose();
    proxy.map_err(|error| format!("proxy: {}", causes(&error)))
}

fn push_url(text: &str) -> Result<Url, String> {
    let wrong = |reason: &str| format!("url '{text}': {reason} (expected http://name:3100)");
    let mut url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(wrong("its scheme is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("url: it has a user or a password in it, which belong in the credentials, \
                    where they are not shown"
            .to_owned());
    }
    match url.path() {
        "" | "/" => url.set_path(PUSH_PATH),
        path if path.ends_with('/') => {
            let path = path.trim_end_matches('/').to_owned();
            url.set_path(&path);
        }
        _ => {}
    }
    Ok(url)
}

fn authorization(credentials: &Credentials) -> Result<Option<HeaderValue>, String> {
    let text = match credentials {
        Credentials::None => return Ok(None),
        Credentials::Basic { user, password } => {
            let pair = format!("{user}:{}", password.read()?.reveal());
            format!("Basic {}", STANDARD.encode(pair))
        }
        Credentials::Bearer(token) => format!("Bearer {}", token.read()?.reveal()),
    };
    let header = HeaderValue::from_str(&text);
    let mut header =
        header.map_err(|_| "credentials: they have letters that no header may have")?;
    header.set_sensitive(true);
    Ok(Some(header))
}

async fn read(mut response: Response) -> Result<Answer, String> {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| value.parse().ok()).map(Duration::from_secs);
    let mut text = Vec::new();
    while text.len() < TEXT_BYTES
        && let Some(chunk) = response.chunk().await.map_err(|error| causes(&error))?
    {
        text.extend_from_slice(&chunk);
    }
    text.truncate(TEXT_BYTES);
    let text = String::from_utf8_lossy(&text).trim_end().to_owned();
    Ok(Answer { status, text, retry_after })
}

/// Returns an error with those that caused it, which reqwest keeps apart.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::secret::SecretSource;
    use super::*;

    #[test]
    fn addresses_are_completed() {
        for (text, expected) in [
            ("http://loki:3100", "http://loki:3100/loki/api/v1/push"),
            ("https://loki/", "https://loki/loki/api/v1/push"),
            ("http://loki/x/push", "http://loki/x/push"),
            ("http://loki/x/push/", "http://loki/x/push"),
        ] {
            assert_eq!(push_url(text).unwrap().as_str(), expected);
        }
        for (text, expected) in [
            ("loki:3100", "url 'loki:3100': its scheme is neither http nor https"),
            ("", "url '': relative URL without a base (expected http://name:3100)"),
            ("http://u:s3cret@loki", "url: it has a user or a password in it"),
        ] {
            let error = push_url(text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains("s3cret"));
        }
    }

    #[test]
    fn secrets_are_sent_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, "s3cret\n").unwrap();
        let mut options = LokiOptions::new("http://loki");
        let password = SecretSource::File(path.clone());
        options.credentials = Credentials::Basic { user: "me".to_owned(), password };
        let mut client = Client::new(&options).unwrap();
        assert_eq!(client.authorization.as_ref().unwrap(), "Basic bWU6czNjcmV0");
        let shown = format!("{client:?} {options:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("bWU6"), "{shown}");
        fs::write(&path, "other").unwrap();
        client.renew_credentials().unwrap();
        assert_eq!(client.authorization.as_ref().unwrap(), "Basic bWU6b3RoZXI=");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |change: fn(&mut LokiOptions)| {
            let mut options = LokiOptions::new("http://loki");
            change(&mut options);
            Client::new(&options).unwrap_err()
        };
        let tenant = error(|options| options.tenant = Some("a\nb".to_owned()));
        assert_eq!(tenant, "tenant: it has letters that no header may have");
        let proxy = error(|options| options.proxy = Some("::".to_owned()));
        assert!(proxy.starts_with("proxy: "), "{proxy}");
        let file = error(|options| options.authority_file = Some("not-there.pem".into()));
        assert!(file.starts_with("authority file not-there.pem: "), "{file}");
    }
}
