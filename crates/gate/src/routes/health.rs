//! What machines ask: whether it lives, whether it is ready, what it counts, what it can do.

use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use super::{Answer, json, json_of, typed, with};
use crate::body::Asked;
use crate::metrics::MEDIA_TYPE;
use crate::service::Service;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    bundle: String,
    core: String,
    /// Why the project as it is on disk now is not served.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

/// `GET /healthz`: whether the process lives.
pub async fn live(asked: Asked) -> Answer {
    asked.only(&[])?;
    Ok(typed("text/plain; charset=utf-8", "ok\n"))
}

/// `GET /readyz`: whether requests should be sent here.
pub async fn ready(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.only(&[])?;
    let served = service.served();
    let answer = served.policy.load_answer();
    let draining = service.draining.load(Ordering::Relaxed);
    let project = service.broken.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let status = match (draining, &project) {
        (true, _) => "ending",
        (false, Some(_)) => "ready, with the project as it was",
        (false, None) => "ready",
    };
    let response = json_of(&Health { status, bundle: answer.bundle.clone(), core: answer.core.clone(), project })?;
    Ok(if draining { with(StatusCode::SERVICE_UNAVAILABLE, response) } else { response })
}

/// `GET /metrics`, for Prometheus.
pub async fn metrics(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.only(&[])?;
    Ok(typed(MEDIA_TYPE, service.metrics.text()))
}

/// `GET /v1/openapi.json`: what this is all about.
pub async fn openapi(asked: Asked) -> Answer {
    asked.only(&[])?;
    static TEXT: LazyLock<String> = LazyLock::new(|| crate::openapi::openapi().to_string());
    Ok(json(TEXT.as_str()))
}
