//! Sessions of the editor.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::{Answer, empty, json_of, put};
use crate::access::{self, Role, not_signed_in};
use crate::body::Asked;
use crate::problem::Problem;
use crate::service::Service;
use crate::session::{self, COOKIE, LASTS};
use crate::state;

/// Who has signed in.
#[derive(Serialize)]
struct SignedIn {
    name: String,
    role: Role,
    /// For `X-CSRF-Token` in requests that change something. Only in the answer that begins the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
}

/// `POST /v1/session`: a session for whoever shows a token.
pub async fn begin(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.only(&[])?;
    // A cookie cannot begin another session.
    let text = access::bearer(&asked.parts.headers)?.ok_or_else(|| not_signed_in("the request has no token"))?;
    let digest = state::digest(text);
    let caller = service.known(&digest).await?;
    let session = service.sessions.begin(&digest).map_err(|error| Problem::internal(&error))?;
    let csrf = Some(session.proof);
    let mut response = json_of(&SignedIn { name: caller.name, role: caller.role, csrf })?;
    let secure = if service.is_secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={LASTS}{secure}", session.cookie);
    put(&mut response, "set-cookie", &cookie);
    Ok(response)
}

/// `GET /v1/session`: who has signed in.
pub async fn show(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.only(&[])?;
    let caller = asked.caller(&service, Role::Reader).await?;
    json_of(&SignedIn { name: caller.name, role: caller.role, csrf: None })
}

/// `DELETE /v1/session`: the browser forgets it.
pub async fn end(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.only(&[])?;
    if session::of(&asked.parts.headers, &service.sessions).is_some() {
        session::prove(&asked.parts, &service)?;
    }
    let mut response = empty(StatusCode::NO_CONTENT);
    put(&mut response, "set-cookie", &format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
    Ok(response)
}
