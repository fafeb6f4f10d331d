//! What is done around every request: its number, the limits, the time, the log, the headers that every answer has.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State as Shared};
use axum::http::{HeaderValue, Method, Response, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::IntoResponse;
use futures_util::FutureExt as _;
use setpoint_core::finding::RetryWhen;
use tracing::Instrument as _;

use crate::problem::Problem;
use crate::service::Service;
use crate::work::Seat;
use crate::{access, checks, metrics};

/// Around every request: its number, the limits, the time, the log, the headers that every answer has. A request that panics harms no
/// other.
pub async fn guard(Shared(service): Shared<Arc<Service>>, request: Request, next: Next) -> Response<Body> {
    let begun = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let uri = request.uri().clone();
    // Whoever looks after the server is answered however much there is to do.
    let is_urgent = matches!(route, "/healthz" | "/readyz" | "/metrics");
    let mut response = if service.work.is_full() && !is_urgent {
        // Before anything else is done with it: the less that takes, the more is left for those who are inside.
        shed(&service).await
    } else {
        let _at_work = AtWork::begin(&service);
        // What is said while it is at work names it.
        let span = tracing::info_span!("request", id);
        let done = AssertUnwindSafe(answer(&service, is_urgent, request, next)).catch_unwind().instrument(span).await;
        done.unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            Problem::internal(&said).into_response()
        })
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let status = response.status();
    let took = begun.elapsed();
    let label = metrics::Request { route: route.to_owned(), method: known_method(&method), status: status.as_u16() };
    service.metrics.requests.get_or_create(&label).inc();
    let label = metrics::Route { route: label.route };
    service.metrics.seconds.get_or_create(&label).observe(took.as_secs_f64());
    log(&response, &Logged { id, method: method.as_str(), uri, took });
    response
}

/// Methods as labels: whoever asks may make up others, and labels are kept for ever.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

/// One more request at work, until this is dropped: also when whoever asked has gone away.
struct AtWork<'s>(&'s Service);

impl<'s> AtWork<'s> {
    fn begin(service: &'s Service) -> Self {
        service.metrics.at_work.inc();
        Self(service)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.metrics.at_work.dec();
    }
}

/// An answer to a request that was not begun; the log says how many there are, not each.
#[derive(Clone)]
struct IsShed;

struct Logged<'l> {
    id: String,
    method: &'l str,
    uri: Uri,
    took: Duration,
}

/// Bytes of a path that stand in the log.
const LONGEST_PATH: usize = 300;

/// A line for each request. Neither bodies nor parameters nor headers stand in it, so no secret does.
fn log(response: &Response<Body>, logged: &Logged<'_>) {
    let Logged { id, method, uri, took } = logged;
    let path = uri.path().get(..LONGEST_PATH).unwrap_or(uri.path());
    let (status, took_us) = (response.status().as_u16(), u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    let is_shed = response.extensions().get::<IsShed>().is_some();
    let code = response.extensions().get::<Problem>().map(Problem::code).unwrap_or_default();
    if response.status().is_server_error() && !is_shed {
        tracing::warn!(id, method, path, status, code, took_us, "request");
    } else {
        tracing::debug!(id, method, path, status, code, took_us, "request");
    }
}

/// The number that whoever asks has given a request, if it is a plain one; otherwise a new one.
fn request_id(request: &Request) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    let is_plain = |text: &&str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    given
        .filter(is_plain)
        .map_or_else(|| format!("{:x}-{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)), str::to_owned)
}

/// The answer to a request that there is no room for.
async fn shed(service: &Service) -> Response<Body> {
    service.work.shed().await;
    let mut response = Problem::no_room();
    response.extensions_mut().insert(IsShed);
    response
}

async fn answer(service: &Service, is_urgent: bool, mut request: Request, next: Next) -> Response<Body> {
    if is_urgent {
        return next.run(request).await;
    }
    let shown = access::shown(request.headers(), &service.sessions);
    if let Err(problem) = service.rate(&client(service, &shown, &request)) {
        return problem.into_response();
    }
    request.extensions_mut().insert(shown);
    let Ok(place) = service.work.place(service.connections()).await else { return shed(service).await };
    let seat = Seat::new(place);
    request.extensions_mut().insert(Arc::clone(&seat));
    match tokio::time::timeout(service.sizes.request_in, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let seconds = service.sizes.request_in.as_secs();
            let message = format!("the request was not done after {seconds} seconds");
            let expected = "less to do at once";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let check = &checks::TOOK_TOO_LONG;
            Problem::new(status, check, message, expected, RetryWhen::AfterDelay).after(2).into_response()
        }
    }
}

/// Whose requests are counted together: those with one token or of its sessions, once it is known; otherwise those from one address.
fn client(service: &Service, shown: &access::Shown, request: &Request) -> String {
    if let Some(digest) = shown.digest().filter(|digest| service.is_known(digest)) {
        return digest.to_owned();
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map(|info| info.0.ip().to_string()).unwrap_or_default()
}
