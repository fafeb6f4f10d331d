//! The routes. [`ROUTES`] is all of them, with what the OpenAPI document says of each.

mod bundles;
mod check;
mod documents;
mod editor;
mod health;
mod history;
mod kubernetes;
mod migrations;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use setpoint_core::finding::RetryWhen;

use crate::checks;
use crate::guard::guard;
use crate::problem::Problem;
use crate::service::Service;

/// What a route answers: text that is there already.
pub type Answer = Result<Response<Body>, Problem>;

/// JSON text with a status.
pub fn json(text: impl Into<Body>) -> Response<Body> {
    typed("application/json", text)
}

/// A text of some type, which nobody keeps.
pub fn typed(kind: &'static str, text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// JSON of a value.
pub fn json_of(value: &impl serde::Serialize) -> Answer {
    serde_json::to_vec(value).map(json).map_err(|error| Problem::internal(&error))
}

/// With another status.
pub fn with(status: StatusCode, mut response: Response<Body>) -> Response<Body> {
    *response.status_mut() = status;
    response
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response<Body> {
    let mut response = with(status, typed("", Body::empty()));
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

/// A header of an answer; one that cannot be written is left out.
pub fn put(response: &mut Response<Body>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(header::HeaderName::from_static(name), value);
    }
}

/// All routes.
pub fn router(service: &Arc<Service>) -> Router {
    let mut router = Router::new();
    for (path, methods) in all() {
        router = router.route(path, methods.fallback(wrong_method));
    }
    router
        .fallback(nothing_there)
        .layer(middleware::from_fn_with_state(Arc::clone(service), guard))
        .with_state(Arc::clone(service))
}

/// The paths, each with what it does.
fn all() -> Vec<(&'static str, MethodRouter<Arc<Service>>)> {
    vec![
        ("/", get(editor::page)),
        ("/assets/{name}", get(editor::asset)),
        ("/healthz", get(health::live)),
        ("/readyz", get(health::ready)),
        ("/metrics", get(health::metrics)),
        ("/v1/openapi.json", get(health::openapi)),
        ("/v1/session", get(sessions::show).post(sessions::begin).delete(sessions::end)),
        ("/v1/bundle", get(bundles::current)),
        ("/v1/bundles/{digest}", get(bundles::one)),
        ("/v1/settings", get(documents::families)),
        ("/v1/settings/{family}/check", post(check::check)),
        ("/v1/settings/{family}/convert", post(check::convert)),
        ("/v1/settings/{family}/documents", get(documents::list)),
        ("/v1/settings/{family}/documents/{key}", get(documents::read).put(documents::write).delete(documents::remove)),
        ("/v1/settings/{family}/documents/{key}/history", get(history::list)),
        ("/v1/settings/{family}/documents/{key}/history/{entry}", get(history::one)),
        ("/v1/settings/{family}/documents/{key}/preview", post(documents::preview)),
        ("/v1/settings/{family}/documents/{key}/restore", post(history::restore)),
        ("/v1/compare", post(check::compare)),
        ("/v1/migrations", get(migrations::list)),
        ("/v1/migrations/gate", post(migrations::gate)),
        ("/v1/migrations/{id}/status", get(migrations::status)),
        ("/k8s/validate", post(kubernetes::validate)),
    ]
}

/// The paths of all routes.
#[cfg(test)]
pub fn paths() -> Vec<&'static str> {
    all().into_iter().map(|(path, _)| path).collect()
}

async fn nothing_there(request: Request) -> Problem {
    let path = request.uri().path().chars().take(200).collect::<String>();
    let expected = "a path that `GET /v1/openapi.json` lists; `/` in a key is written `%2F`";
    Problem::nothing(format!("there is no `{}`", path.escape_debug()), expected)
}

async fn wrong_method(method: Method, request: Request) -> Problem {
    let message = format!("`{}` has no `{method}`", request.uri().path().escape_debug());
    let expected = "one of the methods under `Allow`";
    let status = StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(status, &checks::METHOD_WRONG, message, expected, RetryWhen::AfterEdit)
}
