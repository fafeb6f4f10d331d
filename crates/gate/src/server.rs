//! Running the server: from its options to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use setpoint_checker::{Checker, CheckerError};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::access::Token;
use crate::cors::cors;
use crate::options::Options;
use crate::served::{LoadError, Served};
use crate::service::Service;
use crate::state::{self, State, StateError};
use crate::{listen, reload, routes};

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
    let has_tokens = state.tokens().await?.iter().any(Token::is_good);
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
