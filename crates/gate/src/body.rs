//! What a request asks: its path, its parameters, its body.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequest, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use futures_util::FutureExt as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use setpoint_core::finding::RetryWhen;
use setpoint_core::source::Format;

use crate::access::{self, Caller, Role};
use crate::checks;
use crate::problem::Problem;
use crate::service::Service;
use crate::work::Seat;

/// A request, taken apart as far as all routes want it.
#[derive(Debug)]
pub struct Asked {
    pub parts: Parts,
    path: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
    /// Nobody else looks at it; the lock is what lets the rest be lent to other threads.
    body: Mutex<Body>,
}

impl FromRequest<Arc<Service>> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        use axum::extract::FromRequestParts as _;
        let (mut parts, body) = request.into_parts();
        let raw = RawPathParams::from_request_parts(&mut parts, service).await;
        let raw = raw.map_err(|_| Problem::malformed("the path is not UTF-8", "a path in UTF-8, percent-encoded"))?;
        let path = raw.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(pairs) =
            pairs.map_err(|error| Problem::malformed(error.to_string(), "`name=value`, joined by `&`"))?;
        let mut query = BTreeMap::new();
        for (name, value) in pairs {
            if query.insert(name.clone(), value).is_some() {
                return Err(Problem::malformed(
                    format!("the parameter `{name}` is there twice"),
                    "each parameter once",
                ));
            }
        }
        Ok(Self { parts, path, query, body: Mutex::new(body) })
    }
}

impl Asked {
    /// A part of the path.
    pub fn path(&self, name: &str) -> &str {
        self.path.get(name).map(String::as_str).unwrap_or_default()
    }

    /// An error when there are parameters that the route does not know.
    pub fn only(&self, known: &[&str]) -> Result<(), Problem> {
        match self.query.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => {
                let expected = match known {
                    [] => "no parameters".to_owned(),
                    known => known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
                };
                Err(Problem::malformed(format!("there is no parameter `{name}`"), expected))
            }
        }
    }

    /// A parameter.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A parameter that is a whole number.
    pub fn number(&self, name: &str) -> Result<Option<u32>, Problem> {
        let parse = |text: &str| {
            // As `u32` reads it, but without a sign.
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|_| digits);
            number.ok_or_else(|| Problem::malformed(format!("`{name}` is `{text}`"), "a whole number below 2^32"))
        };
        self.text(name).map(parse).transpose()
    }

    /// A parameter that is a whole number and has to be there.
    pub fn needed(&self, name: &str) -> Result<u32, Problem> {
        let number = self.number(name)?;
        number.ok_or_else(|| Problem::malformed(format!("the parameter `{name}` is missing"), "a whole number"))
    }

    /// Who asks; an error unless they may do what needs this role.
    pub async fn caller(&self, service: &Service, needed: Role) -> Result<Caller, Problem> {
        access::caller(service, &self.parts, needed).await
    }

    /// The body, and the format that its type says.
    pub async fn document(self, service: &Service) -> Result<(Format, Vec<u8>), Problem> {
        let format = format_of(&self.parts.headers)?;
        Ok((format, self.bytes(service).await?))
    }

    /// The body as a call.
    pub async fn call<C: serde::de::DeserializeOwned>(self, service: &Service) -> Result<C, Problem> {
        match format_of(&self.parts.headers)? {
            Format::Json => {}
            _ => return Err(unsupported("the body of a call is of another type", "`Content-Type: application/json`")),
        }
        let bytes = self.bytes(service).await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Problem::malformed(format!("the body is no call: {error}"), "a call, as the OpenAPI document describes it")
        })
    }

    /// The body.
    pub async fn bytes(self, service: &Service) -> Result<Vec<u8>, Problem> {
        let limit = service.sizes.body;
        let too_large = |size: &str| {
            let message = format!("the body has {size}");
            let expected = format!("at most {limit} bytes");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, &checks::TOO_LARGE, message, expected, RetryWhen::AfterEdit)
                // What is left of it is not read.
                .header(header::CONNECTION, HeaderValue::from_static("close"))
        };
        let length = self.parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let length = length.and_then(|length| length.parse::<u64>().ok());
        if let Some(length) = length
            && length > u64::try_from(limit).unwrap_or(u64::MAX)
        {
            return Err(too_large(&format!("{length} bytes")));
        }
        let body = self.body.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut reading = std::pin::pin!(Limited::new(body, limit).collect());
        let read = match reading.as_mut().now_or_never() {
            Some(read) => read.map_err(Unread::Broken),
            // What has not come with the headers takes its time.
            None => {
                let Some(seat) = self.parts.extensions.get::<Arc<Seat>>() else {
                    return Err(Problem::internal(&"a request without a place"));
                };
                let bytes = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(limit);
                let reading = async {
                    let read = tokio::time::timeout(service.sizes.body_in, reading).await;
                    read.map_err(|_| Unread::Late)?.map_err(Unread::Broken)
                };
                let read = service.work.wait_for(seat, bytes, reading).await;
                read.map_err(|_| Problem::overloaded("there was no room for the body, or to work on it"))?
            }
        };
        match read {
            Ok(collected) => Ok(collected.to_bytes().to_vec()),
            Err(Unread::Late) => {
                let message = format!("the body had not arrived after {} seconds", service.sizes.body_in.as_secs());
                let (status, check) = (StatusCode::REQUEST_TIMEOUT, &checks::TOOK_TOO_LONG);
                Err(Problem::new(status, check, message, "a body that arrives at once", RetryWhen::AfterDelay)
                    .header(header::CONNECTION, HeaderValue::from_static("close")))
            }
            Err(Unread::Broken(error)) if error.is::<LengthLimitError>() => Err(too_large("more bytes than that")),
            Err(Unread::Broken(_)) => Err(Problem::malformed("the body ended before its end", "a whole body")),
        }
    }
}

/// Why a body was not read.
enum Unread {
    Late,
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

/// The format that the headers of a request say.
fn format_of(headers: &HeaderMap) -> Result<Format, Problem> {
    let expected =
        "`Content-Type` as one of `application/json`, `application/jsonc`, `application/yaml`, `application/toml`";
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Err(unsupported("the request has no `Content-Type`", expected));
    };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Ok(Format::Json),
        "application/jsonc" => Ok(Format::Jsonc),
        "application/yaml" | "application/x-yaml" | "text/yaml" => Ok(Format::Yaml),
        "application/toml" => Ok(Format::Toml),
        _ => Err(unsupported(format!("`Content-Type` is `{}`", essence.escape_default()), expected)),
    }
}

/// The media type of a format.
pub const fn media_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Jsonc => "application/jsonc",
        Format::Yaml => "application/yaml",
        Format::Toml => "application/toml",
    }
}

/// A body in a form that is not taken.
pub fn unsupported(message: impl Into<String>, expected: impl Into<String>) -> Problem {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Problem::new(status, &checks::MEDIA_TYPE_WRONG, message, expected, RetryWhen::AfterEdit)
}
