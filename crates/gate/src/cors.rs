//! Pages of other origins that may ask the gate: an editor that is published as static files.
//!
//! Such a page shows a token with each request; the cookie of a session is for pages that the gate itself has given.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may keep what it is told.
const KEPT: Duration = Duration::from_secs(600);

/// Whether this is an origin as browsers write it: `https://editor.example.com`, with a port where it is not the usual one.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

/// What is told to pages of these origins; nothing is told to anybody when there are none.
///
/// # Errors
/// The origin that is none.
pub fn cors(origins: &[String]) -> Result<Option<CorsLayer>, String> {
    if origins.is_empty() {
        return Ok(None);
    }
    if let Some(wrong) = origins.iter().find(|origin| !is_origin(origin)) {
        return Err(wrong.clone());
    }
    let allowed = origins.iter().filter_map(|origin| HeaderValue::from_str(&origin.to_ascii_lowercase()).ok());
    let own = ["setpoint-version", "setpoint-stored-version", "setpoint-bundle", "x-request-id"];
    let seen: Vec<HeaderName> =
        [header::ETAG, header::RETRY_AFTER].into_iter().chain(own.map(HeaderName::from_static)).collect();
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(allowed))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_MATCH, header::IF_NONE_MATCH])
        .expose_headers(seen)
        .max_age(KEPT);
    Ok(Some(layer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path_and_is_no_wildcard() {
        for good in ["https://editor.example.com", "http://127.0.0.1:8080", "http://[::1]:8080"] {
            assert!(is_origin(good), "{good}");
        }
        for wrong in
            ["*", "null", "editor.example.com", "https://", "https://a/", "https://a b", "ftp://a", "https://a\n"]
        {
            assert!(cors(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
