//! What all requests share.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use axum::http::StatusCode;
use governor::{DefaultKeyedRateLimiter, Quota};
use setpoint_checker::Checker;
use setpoint_core::finding::RetryWhen;
use subtle::ConstantTimeEq as _;

use crate::access::{Caller, Role, Token, not_signed_in};
use crate::checks;
use crate::metrics::Metrics;
use crate::options::Sizes;
use crate::problem::Problem;
use crate::served::Served;
use crate::session::Sessions;
use crate::state::{self, State};
use crate::work::Work;

/// How long a token is believed without asking the database again: a revoked one ends within this time.
const BELIEVED: Duration = Duration::from_secs(2);
/// Tokens that are remembered.
const MOST_BELIEVED: usize = 10_000;

/// What all requests share.
pub struct Service {
    pub served: ArcSwap<Served>,
    pub checker: Checker,
    pub state: State,
    pub sessions: Sessions,
    pub sizes: Sizes,
    pub work: Work,
    pub metrics: Metrics,
    /// What is wrong with the project as it is on disk now, when it is not the one that is served.
    pub broken: Mutex<Option<String>>,
    /// Whether the server is about to end.
    pub draining: AtomicBool,
    /// The token of whoever started the server, when there is no other.
    pub own: Option<String>,
    /// The origin of the editor, where it is not the host that requests name.
    pub origin: Option<String>,
    /// Whether browsers send the cookie over TLS alone: always, but for a server that only this machine reaches, without a proxy.
    pub is_secure: bool,
    rates: DefaultKeyedRateLimiter<String>,
    believed: Mutex<HashMap<String, (Option<Token>, Instant)>>,
}

impl Service {
    pub fn new(served: Served, checker: Checker, state: State, key: &str, own: Option<String>, sizes: Sizes) -> Self {
        let rate = NonZeroU32::new(sizes.rate).unwrap_or(NonZeroU32::MIN);
        Self {
            served: ArcSwap::from_pointee(served),
            checker,
            state,
            sessions: Sessions::new(key),
            sizes,
            work: Work::new(sizes.at_once, sizes.waiting, sizes.body),
            metrics: Metrics::new(),
            broken: Mutex::new(None),
            draining: AtomicBool::new(false),
            own: own.map(|text| state::digest(&text)),
            origin: None,
            is_secure: true,
            rates: DefaultKeyedRateLimiter::keyed(Quota::per_second(rate)),
            believed: Mutex::new(HashMap::new()),
        }
    }

    /// Connections that are open.
    pub fn connections(&self) -> usize {
        usize::try_from(self.metrics.connections.get()).unwrap_or_default()
    }

    /// What is served now.
    pub fn served(&self) -> Arc<Served> {
        self.served.load_full()
    }

    /// Who has the token whose text has this digest.
    pub async fn known(&self, digest: &str) -> Result<Caller, Problem> {
        if self.own.as_ref().is_some_and(|own| bool::from(own.as_bytes().ct_eq(digest.as_bytes()))) {
            return Ok(Caller {
                name: "whoever started the server".to_owned(),
                role: Role::Operator,
                by_cookie: false,
            });
        }
        let token = match self.believed(digest) {
            Some(token) => token,
            None => {
                let token = self.state.token(digest).await.map_err(|error| {
                    tracing::error!(%error, "the database of the server does not answer");
                    Problem::overloaded("nobody can be recognised now").after(2)
                })?;
                let mut believed = self.believed.lock().unwrap_or_else(PoisonError::into_inner);
                if believed.len() >= MOST_BELIEVED {
                    believed.clear();
                }
                believed.insert(digest.to_owned(), (token.clone(), Instant::now()));
                token
            }
        };
        let Some(token) = token else { return Err(not_signed_in("the token is unknown")) };
        if !token.is_good() {
            let why = if token.revoked.is_some() { "was revoked" } else { "has expired" };
            return Err(not_signed_in(format!("the token `{}` {why}", token.name)));
        }
        Ok(Caller { name: token.name, role: token.role, by_cookie: false })
    }

    /// What was found out a moment ago about a digest: the token, or that there is none.
    fn believed(&self, digest: &str) -> Option<Option<Token>> {
        let believed = self.believed.lock().unwrap_or_else(PoisonError::into_inner);
        believed.get(digest).filter(|(_, since)| since.elapsed() < BELIEVED).map(|(token, _)| token.clone())
    }

    /// Whether somebody with this digest was recognised a moment ago.
    pub fn is_known(&self, digest: &str) -> bool {
        self.own.as_deref() == Some(digest) || {
            let believed = self.believed.lock().unwrap_or_else(PoisonError::into_inner);
            believed.get(digest).is_some_and(|(token, since)| token.is_some() && since.elapsed() < BELIEVED)
        }
    }

    /// An error when a client sends more requests than it may.
    pub fn rate(&self, client: &str) -> Result<(), Problem> {
        if self.rates.len() > MOST_BELIEVED {
            self.rates.retain_recent();
        }
        self.rates.check_key(&client.to_owned()).map_err(|_| {
            let message = format!("more than {} requests came in a second", self.sizes.rate);
            let expected = format!("at most {} requests in a second", self.sizes.rate);
            let status = StatusCode::TOO_MANY_REQUESTS;
            Problem::new(status, &checks::TOO_MANY_REQUESTS, message, expected, RetryWhen::AfterDelay).after(1)
        })
    }
}
