//! Failures as RFC 9457 problem details. What is wrong are findings, of the same form as everywhere: what failed, what was expected,
//! whether a retry makes sense.

use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use setpoint_checker::{CheckerError, limit_report};
use setpoint_core::call::MergeAnswer;
use setpoint_core::check::Check;
use setpoint_core::finding::{Draft, Expected, Finding, Place, Retry, RetryWhen};
use setpoint_core::location::{Context, Locator};
use setpoint_core::pointer::Pointer;
use setpoint_core::report::DocumentReport;
use setpoint_store::StoreError;

use crate::checks;

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not done.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug, Serialize)]
struct Parts {
    /// The documentation of the first finding.
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    findings: Vec<Finding>,
    /// What three people see of a document that moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip)]
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// The three states of a document that was changed by two, all at the version of whoever writes.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The version.
    pub version: u32,
    /// What the change began with; absent when it is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What the document is now.
    pub theirs: String,
    /// Its `ETag`, for the next try.
    pub etag: String,
    /// What each has changed, where they meet, and the document with both.
    pub changes: MergeAnswer,
}

impl Problem {
    /// A problem with one finding.
    pub fn new(
        status: StatusCode,
        check: &'static Check,
        message: impl Into<String>,
        expected: impl Into<String>,
        when: RetryWhen,
    ) -> Self {
        let text = match when {
            RetryWhen::Now => "the same request can be sent again at once",
            RetryWhen::AfterEdit => "the same request gives the same answer until something in it is changed",
            RetryWhen::AfterRefresh => "read what is there now, then send the change again",
            RetryWhen::AfterDelay => "the same request can be sent again after a while",
            RetryWhen::Never => "this request never succeeds",
        };
        let expected = Expected::text(expected);
        let mut draft = Draft::new(check, Pointer::root(), Place::File, message, expected);
        draft.retry = Retry { when, text: text.into() };
        Self::of(status, finished(draft))
    }

    /// A problem that is these findings. There has to be one.
    pub fn of(status: StatusCode, findings: Vec<Finding>) -> Self {
        let first = findings.first();
        let more = findings.len().saturating_sub(1);
        let detail = first.map(|finding| finding.message.clone()).unwrap_or_default();
        let detail = if more > 0 { format!("{detail}, and {more} more") } else { detail };
        Self(Box::new(Parts {
            r#type: first.map_or_else(|| "about:blank".to_owned(), |finding| finding.url.clone()),
            title: status.canonical_reason().unwrap_or("Failed").to_owned(),
            status: status.as_u16(),
            detail,
            findings,
            comparison: None,
            retry_after: None,
            headers: Vec::new(),
        }))
    }

    /// What a report says of a document that was not taken.
    pub fn of_report(report: DocumentReport) -> Self {
        Self::of(StatusCode::UNPROCESSABLE_ENTITY, report.findings)
    }

    /// The same problem, found in what a document becomes at another version than whoever asks has written it at: places and edits of
    /// that text mean nothing in theirs.
    pub fn at_version(mut self, version: u32) -> Self {
        for finding in &mut self.0.findings {
            finding.message = format!("at version {version}: {}", finding.message);
            finding.span = None;
            finding.fix = None;
            finding.related.iter_mut().for_each(|related| related.span = None);
        }
        self.0.detail = format!("at version {version}: {}", self.0.detail);
        self
    }

    /// Something that is not there, and what there is.
    pub fn nothing(what: impl Into<String>, known: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, &checks::NOTHING_THERE, what, known, RetryWhen::AfterEdit)
    }

    /// A request that cannot be understood.
    pub fn malformed(what: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, &checks::REQUEST_MALFORMED, what, expected, RetryWhen::AfterEdit)
    }

    /// More than the server can do.
    pub fn overloaded(what: impl Into<String>) -> Self {
        let expected = "fewer requests at the same time";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, &checks::OVERLOADED, what, expected, RetryWhen::AfterDelay).after(1)
    }

    /// With the seconds after which to try again.
    pub fn after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// With a header.
    pub fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// With what three people see.
    pub fn comparing(mut self, comparison: Comparison) -> Self {
        self.0.comparison = Some(comparison);
        self
    }

    /// The code of what is wrong, for logs and metrics.
    pub fn code(&self) -> &str {
        self.0.findings.first().map_or("", |finding| finding.code.as_ref())
    }

    /// What is wrong, in one line.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Findings about no document.
fn finished(draft: Draft) -> Vec<Finding> {
    Locator::new(b"", None).finish(vec![draft], &Context::default())
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = match &error {
            StoreError::Refused { .. } => StatusCode::CONFLICT,
            error if error.is_outside() => StatusCode::SERVICE_UNAVAILABLE,
            // What the project file says of the store is wrong; whoever asks cannot mend it.
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let problem = Self::of(status, finished(error.draft()));
        if status == StatusCode::SERVICE_UNAVAILABLE { problem.after(2) } else { problem }
    }
}

impl From<CheckerError> for Problem {
    /// A document that meets a limit is refused; anything else is a fault of ours.
    fn from(error: CheckerError) -> Self {
        match limit_report(String::new(), None, error) {
            Ok(report) => Self::of_report(report),
            Err(error) => Self::internal(&error),
        }
    }
}

impl Problem {
    /// A fault of ours. What it was goes to the log and not to whoever asks.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "internal error");
        let mut problem = Self::of(StatusCode::INTERNAL_SERVER_ERROR, Vec::new());
        problem.0.detail = "internal error; please report it with the request id".to_owned();
        problem
    }
}

impl Problem {
    /// The answer to a request that there is no room for. It is written once: when it is needed there is no time for it.
    pub fn no_room() -> Response<Body> {
        static PROBLEM: LazyLock<(Problem, Bytes)> = LazyLock::new(|| {
            let problem = Problem::overloaded("more requests are waiting than can be done in time");
            let text = problem.text();
            (problem, text)
        });
        let (problem, text) = &*PROBLEM;
        problem.with(text.clone())
    }

    fn text(&self) -> Bytes {
        serde_json::to_vec(&self.0).unwrap_or_default().into()
    }

    fn with(&self, text: Bytes) -> Response<Body> {
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in &self.0.headers {
            headers.insert(name.clone(), value.clone());
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = self.with(self.text());
        response.extensions_mut().insert(self);
        response
    }
}
