//! Running the server: from its options to its end; and what is done around every request.

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
use setpoint_checker::{Checker, CheckerError};
use setpoint_core::finding::RetryWhen;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::Instrument as _;

use crate::cors::cors;
use crate::metrics;
use crate::options::Options;
use crate::problem::Problem;
use crate::served::{LoadError, Served};
use crate::service::Service;
use crate::state::{self, State, StateError};
use crate::{access, checks, listen, reload, routes};

/// Why a server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The project.
    #[error("the project cannot be served: {0}")]
    Project(String),
    /// The checker.
    #[error(transparent)]
    Checker(#[from] CheckerError),
    /// The database of the server.
    #[error(transparent)]
    State(#[from] StateError),
    /// An origin whose pages were to be allowed.
    #[error("`{0}` is no origin; expected one as browsers write it: `https://editor.example.com`, without a path")]
    Origin(String),
    /// The address.
    #[error("`{address}` cannot be listened on: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: String,
    },
}

impl From<LoadError> for ServeError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Checker(error) => Self::Checker(error),
            error => Self::Project(error.to_string()),
        }
    }
}

/// A server that takes requests.
#[derive(Clone, Debug)]
pub struct Started {
    /// Where.
    pub address: SocketAddr,
    /// The token of whoever started it, when the database has none that is in use. It ends with the server.
    pub token: Option<String>,
}

/// Serves a project until the process is asked to end (SIGTERM, SIGINT). `started` is told where.
///
/// # Errors
/// When the server cannot be started.
pub async fn serve(options: Options, started: impl FnOnce(&Started)) -> Result<(), ServeError> {
    start_log(options.json_log);
    let cors = cors(&options.cors).map_err(ServeError::Origin)?;
    raise_file_limit();
    let checker = match &options.checker {
        Some(file) => Checker::from_file(file, setpoint_checker::Limits::default()),
        None => Checker::embedded(setpoint_checker::Limits::default()),
    }?;
    let read = Served::read(&options.project).map_err(LoadError::from)?;
    let served = Served::load(&checker, read, None)?;
    let url = match &options.state {
        Some(url) => url.clone(),
        None => state::own_database(served.project.root())?,
    };
    let state = State::open(&url).await?;
    let key = state.key().await?;
    let now = setpoint_store::now();
    let has_tokens = state.tokens().await?.iter().any(|token| token.is_good(&now));
    let token = if has_tokens { None } else { Some(state::random()?) };
    let failed = |error: std::io::Error| ServeError::Listen { address: options.listen, reason: plain(&error) };
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let mut service = Service::new(served, checker, state, &key, token.clone(), options.sizes);
    service.is_secure = options.origin.is_some() || !address.ip().is_loopback();
    service.origin = options.origin.map(|origin| origin.trim_end_matches('/').to_owned());
    let service = Arc::new(service);
    let (end, ended) = watch::channel(false);
    let reloading =
        tokio::spawn(reload::watch(Arc::clone(&service), options.project.clone(), options.look, ended.clone()));
    tracing::info!(%address, bundle = service.served().given.digest, "serving");
    // Whoever is told where it listens may end it at once.
    let asked_to_end = signals();
    started(&Started { address, token });
    let router = routes::router(&service).layer(tower::util::option_layer(cors));
    let listening = tokio::spawn(listen::listen(listener, router, Arc::clone(&service), ended));
    asked_to_end.await;
    service.draining.store(true, Ordering::Relaxed);
    if !options.sizes.linger.is_zero() {
        tracing::info!("ending soon: `/readyz` says so, and requests are still taken");
        tokio::time::sleep(options.sizes.linger).await;
    }
    tracing::info!("ending: no new connections, requests that are at work finish");
    let _ = end.send(true);
    let _ = tokio::join!(listening, reloading);
    tracing::info!("ended");
    Ok(())
}

fn plain(error: &std::io::Error) -> String {
    error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// As many files as the system lets a process have: each connection is one.
fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
}

fn start_log(is_json: bool) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("SETPOINT_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A test may have started one already.
    let _ = if is_json { log.json().flatten_event(true).try_init() } else { log.try_init() };
}

/// Listens for SIGTERM and Ctrl-C from now on; what is given ends with the first of them.
#[cfg(unix)]
fn signals() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let listening = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async move {
        let [Ok(mut terminated), Ok(mut interrupted)] = listening else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    }
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
fn signals() -> impl Future<Output = ()> {
    async {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Around every request: its number, the limits, the time, the log, the headers that every answer has. A request that panics harms no
/// other.
pub async fn guard(Shared(service): Shared<Arc<Service>>, request: Request, next: Next) -> Response<Body> {
    let begun = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let uri = request.uri().clone();
    service.metrics.at_work.inc();
    // What is said while it is at work names it.
    let span = tracing::info_span!("request", id);
    let done = AssertUnwindSafe(limited(&service, &route, request, next)).catch_unwind().instrument(span).await;
    service.metrics.at_work.dec();
    let mut response = done.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        Problem::internal(&said).into_response()
    });
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
    let label = metrics::Request { route: route.clone(), method: known_method(&method), status: status.as_u16() };
    service.metrics.requests.get_or_create(&label).inc();
    service.metrics.seconds.get_or_create(&metrics::Route { route }).observe(took.as_secs_f64());
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
    let code = response.extensions().get::<Problem>().map(Problem::code).unwrap_or_default();
    if response.status().is_server_error() {
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

async fn limited(service: &Service, route: &str, request: Request, next: Next) -> Response<Body> {
    // Whoever looks after the server is answered however much there is to do.
    if matches!(route, "/healthz" | "/readyz" | "/metrics") {
        return next.run(request).await;
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    if let Err(problem) = service.rate(&client(service, &request, peer)) {
        return problem.into_response();
    }
    let _place = match service.work.place().await {
        Ok(place) => place,
        Err(problem) => return problem.into_response(),
    };
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
fn client(service: &Service, request: &Request, peer: Option<SocketAddr>) -> String {
    let known = access::digest(request.headers(), &service.sessions).filter(|digest| service.is_known(digest));
    known.or(peer.map(|peer| peer.ip().to_string())).unwrap_or_default()
}
