//! The editor: a page that is asked for each time, and files that are kept for ever.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::documents::is_known;
use super::{Answer, empty, put, typed};
use crate::assets::{self, Asset};
use crate::body::Asked;
use crate::problem::Problem;

/// What the page may do: run its own scripts and WebAssembly, and ask the gate that it came from. Attributes of style are what Chromium
/// itself writes while one types into an element that can be edited.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; \
                      style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// `GET /`: the page.
pub async fn page(asked: Asked) -> Answer {
    let Some((page, etag)) = assets::page() else {
        let expected = "a program that was built after `cargo xtask web`; everything under `/v1` is there all the same";
        return Err(Problem::nothing("this program was built without the editor", expected));
    };
    let mut response = if is_known(&asked.parts.headers, etag)? {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        sent(page, &asked.parts.headers)
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    put(&mut response, "etag", etag);
    put(&mut response, "content-security-policy", POLICY);
    Ok(response)
}

/// `GET /assets/{name}`: a file that the page names.
pub async fn asset(asked: Asked) -> Answer {
    let name = asked.path("name");
    let asset = assets::asset(name).ok_or_else(|| {
        let message = format!("there is no file `{}`", name.escape_debug());
        Problem::nothing(message, "a file that the page names; an older page is reloaded")
    })?;
    let mut response = sent(asset, &asked.parts.headers);
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    // Workers have a policy of their own.
    put(&mut response, "content-security-policy", POLICY);
    Ok(response)
}

/// A file, compressed for whoever takes that.
fn sent(asset: &'static Asset, headers: &HeaderMap) -> Response<Body> {
    let takes_brotli =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(',').any(|coding| {
                let mut parts = coding.split(';').map(str::trim);
                parts.next() == Some("br") && parts.all(|part| !matches!(part, "q=0" | "q=0.0"))
            })
        });
    let mut response = match asset.brotli.filter(|_| takes_brotli) {
        Some(brotli) => {
            let mut response = typed(asset.media_type(), Bytes::from_static(brotli));
            put(&mut response, "content-encoding", "br");
            response
        }
        None => typed(asset.media_type(), Bytes::from_static(asset.plain)),
    };
    put(&mut response, "vary", "accept-encoding");
    response
}
