//! Bundles: what editors load. One that has a digest never changes; which one is current is one small question.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::documents::is_known;
use super::{Answer, empty, json_of, put, typed};
use crate::access::Role;
use crate::body::Asked;
use crate::problem::Problem;
use crate::service::Service;

#[derive(Serialize)]
struct Current {
    bundle: String,
    core: String,
}

/// `GET /v1/bundle`: the digest of the bundle that is served now.
pub async fn current(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&[])?;
    let served = service.served();
    let answer = served.policy.load_answer();
    let etag = format!("\"{}\"", answer.bundle);
    let mut response = if is_known(&asked.parts.headers, &etag)? {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        json_of(&Current { bundle: answer.bundle.clone(), core: answer.core.clone() })?
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    put(&mut response, "etag", &etag);
    Ok(response)
}

/// `GET /v1/bundles/{digest}`: the text of a bundle.
pub async fn one(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&[])?;
    let served = service.served();
    let digest = asked.path("digest");
    let Some(given) = served.given(digest) else {
        let message = format!("there is no bundle `{}`", digest.escape_debug());
        return Err(Problem::nothing(message, format!("`{}`, which is the current one", served.given.digest)));
    };
    let mut response = typed("application/json", Bytes::copy_from_slice(&given.text));
    let forever = HeaderValue::from_static("private, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, forever);
    put(&mut response, "etag", &format!("\"{}\"", given.digest));
    Ok(response)
}
