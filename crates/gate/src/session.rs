//! Sessions of the editor: a signed cookie that scripts cannot read, and beside it a token that other sites cannot have.
//!
//! Nothing is kept for a session, so all replicas know it. The cookie is `EXPIRES.NONCE.DIGEST.MAC` with the digest of the token that it
//! was begun with: when that is revoked, its sessions end too. The proof is a second MAC of the same (the "HMAC based token pattern" of
//! OWASP).

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use setpoint_core::finding::RetryWhen;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::checks;
use crate::problem::Problem;
use crate::service::Service;
use crate::state::{self, StateError};

/// The cookie.
pub const COOKIE: &str = "setpoint_session";
/// The header of the token.
pub const PROOF: &str = "x-csrf-token";
/// Seconds that a session lasts.
pub const LASTS: i64 = 12 * 3600;

/// Signs and knows sessions.
#[derive(Clone)]
pub struct Sessions {
    key: Vec<u8>,
}

/// A new session.
pub struct Session {
    /// The value of the cookie.
    pub cookie: String,
    /// The token for requests that change something.
    pub proof: String,
}

impl Sessions {
    pub fn new(key: &str) -> Self {
        Self { key: key.as_bytes().to_vec() }
    }

    /// Begins a session for whoever has shown the token with this digest.
    pub fn begin(&self, digest: &str) -> Result<Session, StateError> {
        let expires = time::OffsetDateTime::now_utc().unix_timestamp() + LASTS;
        let said = format!("{expires}.{}.{digest}", state::random()?);
        let cookie = format!("{said}.{}", self.mac("session", &said));
        let proof = self.mac("proof", &cookie);
        Ok(Session { cookie, proof })
    }

    fn mac(&self, purpose: &str, text: &str) -> String {
        // Keys of any length are taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return String::new() };
        mac.update(purpose.as_bytes());
        mac.update(b"\n");
        mac.update(text.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// The digest of the token that a cookie was begun with, while it lasts.
    fn known<'c>(&self, cookie: &'c str) -> Option<&'c str> {
        let (said, mac) = cookie.rsplit_once('.')?;
        if !is_same(&self.mac("session", said), mac) {
            return None;
        }
        let [expires, _, digest] = said.split('.').collect::<Vec<_>>().try_into().ok()?;
        (expires.parse::<i64>().ok()? > time::OffsetDateTime::now_utc().unix_timestamp()).then_some(digest)
    }
}

fn is_same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

/// The digest of the token that the session of a request was begun with.
pub fn of<'h>(headers: &'h HeaderMap, sessions: &Sessions) -> Option<&'h str> {
    sessions.known(cookie(headers)?)
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}

/// That a request which changes something comes from the editor: from the same origin, with the token of this session.
pub fn prove(parts: &Parts, service: &Service) -> Result<(), Problem> {
    proved(parts, &service.sessions, service.origin.as_deref())
}

fn proved(parts: &Parts, sessions: &Sessions, own: Option<&str>) -> Result<(), Problem> {
    let forged = |message: &str| {
        let expected = "the token of the session in `X-CSRF-Token`, from the origin of the editor";
        Problem::new(StatusCode::FORBIDDEN, &checks::FORGED_REQUEST, message, expected, RetryWhen::AfterRefresh)
    };
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(forged("the request comes from another site"));
    }
    if let Some(origin) = text("origin") {
        let from_here = match own {
            Some(own) => origin == own,
            None => text("host").is_none_or(|host| origin.split_once("://").is_some_and(|(_, from)| from == host)),
        };
        if !from_here {
            return Err(forged("the request comes from another origin"));
        }
    }
    let expected = cookie(&parts.headers).map(|cookie| sessions.mac("proof", cookie)).unwrap_or_default();
    match text(PROOF) {
        Some(given) if is_same(given, &expected) => Ok(()),
        Some(_) => Err(forged("`X-CSRF-Token` is not the one of this session")),
        None => Err(forged("the request has no `X-CSRF-Token`")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_session_is_known_and_nothing_else_is() {
        let sessions = Sessions::new("key");
        let session = sessions.begin("ada").unwrap();
        let with = |cookie: &str| {
            of(&parts(&[("cookie", &format!("a=b; {COOKIE}={cookie}"))]).headers, &sessions).map(str::to_owned)
        };
        assert_eq!(with(&session.cookie).as_deref(), Some("ada"));
        assert_eq!(with(&session.cookie.replace("ada", "bob")), None);
        assert_eq!(with(&session.cookie.replace('.', "")), None);
        assert_eq!(with(""), None);
        assert_eq!(Sessions::new("other").known(&session.cookie), None);
    }

    #[test]
    fn an_expired_session_is_not_known() {
        let sessions = Sessions::new("key");
        let said = "1700000000.n.ada";
        assert_eq!(sessions.known(&format!("{said}.{}", sessions.mac("session", said))), None);
    }

    #[test]
    fn a_change_needs_the_token_of_its_own_session_and_the_same_origin() {
        let sessions = Sessions::new("key");
        let (one, other) = (sessions.begin("ada").unwrap(), sessions.begin("ada").unwrap());
        let cookie = format!("{COOKIE}={}", one.cookie);
        let ask_as = |own: Option<&str>, more: &[(&str, &str)]| {
            let mut headers = vec![("cookie", cookie.as_str()), ("host", "localhost:1")];
            headers.extend(more);
            proved(&parts(&headers), &sessions, own).map_err(|problem| problem.detail().to_owned())
        };
        let ask = |more: &[(&str, &str)]| ask_as(None, more);
        assert_eq!(ask(&[(PROOF, &one.proof)]), Ok(()));
        // Behind a proxy it is the origin that browsers know.
        let proxied = Some("https://settings.example");
        assert_eq!(ask_as(proxied, &[(PROOF, &one.proof), ("origin", "https://settings.example")]), Ok(()));
        assert!(ask_as(proxied, &[(PROOF, &one.proof), ("origin", "http://localhost:1")]).is_err());
        assert_eq!(
            ask(&[(PROOF, &one.proof), ("origin", "http://localhost:1"), ("sec-fetch-site", "same-origin")]),
            Ok(())
        );
        assert!(ask(&[]).unwrap_err().contains("has no"));
        assert!(ask(&[(PROOF, &other.proof)]).unwrap_err().contains("not the one of this session"));
        assert!(ask(&[(PROOF, &one.proof), ("origin", "http://evil.example")]).unwrap_err().contains("another origin"));
        assert!(ask(&[(PROOF, &one.proof), ("sec-fetch-site", "cross-site")]).unwrap_err().contains("another site"));
    }
}
