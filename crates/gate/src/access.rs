//! Who sends a request, and what they may do.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use setpoint_core::finding::RetryWhen;

use crate::checks;
use crate::problem::Problem;
use crate::service::Service;
use crate::session::{self, Sessions};
use crate::state;

/// What somebody may do; each may what the ones before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Read documents, check and convert.
    Reader,
    /// Change documents.
    Editor,
    /// See what migrations do.
    Operator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Editor, Self::Operator];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Operator => "operator",
        }
    }

    /// The role that is written so.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A token, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// Its name, which stands in the history of what it changed.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made, RFC 3339.
    pub created: String,
    /// Until when it is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// Since when it is not taken any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
}

impl Token {
    /// Whether it is taken now. Times are RFC 3339 in UTC.
    pub(crate) fn is_good(&self) -> bool {
        self.revoked.is_none() && self.expires.as_ref().is_none_or(|expires| setpoint_store::now() < *expires)
    }
}

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What the history says.
    pub name: String,
    pub role: Role,
    /// Whether a browser vouches for it with a cookie, which other sites can make it send.
    pub by_cookie: bool,
}

/// Who sends a request that needs a role.
pub async fn caller(service: &Service, parts: &Parts, needed: Role) -> Result<Caller, Problem> {
    let caller = match parts.extensions.get() {
        Some(Shown::Token(digest)) => service.known(digest).await?,
        Some(Shown::Session(digest)) => Caller { by_cookie: true, ..service.known(digest).await? },
        Some(Shown::Wrong(problem)) => return Err(problem.clone()),
        Some(Shown::Nothing) | None => return Err(not_signed_in("the request has no token")),
    };
    if caller.by_cookie && !matches!(parts.method, Method::GET | Method::HEAD) {
        session::prove(parts, service)?;
    }
    if caller.role < needed {
        let message = format!("`{}` has the role {}", caller.name, caller.role.word());
        let expected = format!("a token with the role {}", needed.word());
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            &checks::ROLE_MISSING,
            message,
            expected,
            RetryWhen::AfterEdit,
        ));
    }
    Ok(caller)
}

/// The text of the token in a request.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    text.map(Some).ok_or_else(|| not_signed_in("`Authorization` is of another kind"))
}

/// What a request shows of who sends it; known or not.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A token with this digest.
    Token(String),
    /// The cookie of a session that was begun with the token with this digest.
    Session(String),
    /// What is no token.
    Wrong(Problem),
    Nothing,
}

impl Shown {
    pub fn digest(&self) -> Option<&str> {
        match self {
            Self::Token(digest) | Self::Session(digest) => Some(digest),
            Self::Wrong(_) | Self::Nothing => None,
        }
    }
}

/// What a request shows of who sends it.
pub fn shown(headers: &HeaderMap, sessions: &Sessions) -> Shown {
    match bearer(headers) {
        Ok(Some(text)) => Shown::Token(state::digest(text)),
        Ok(None) => session::of(headers, sessions).map_or(Shown::Nothing, |digest| Shown::Session(digest.to_owned())),
        Err(problem) => Shown::Wrong(problem),
    }
}

/// Nobody known.
pub fn not_signed_in(message: impl Into<String>) -> Problem {
    let expected = "`Authorization: Bearer TOKEN` with a token that is in use";
    Problem::new(StatusCode::UNAUTHORIZED, &checks::NOT_SIGNED_IN, message, expected, RetryWhen::AfterEdit)
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"setpoint\""))
}
