//! What `/metrics` shows, in the text format of OpenMetrics that Prometheus reads.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The media type of what [`Metrics::text`] gives.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends, in seconds: a check of a small document takes a hundred microseconds, a gate of a migration a second.
const BUCKETS: [f64; 12] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Request {
    /// The pattern of the route, not the path: paths hold keys.
    pub route: String,
    pub method: &'static str,
    pub status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Route {
    pub route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Verdict {
    pub settings: String,
    pub verdict: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    pub outcome: &'static str,
}

/// All metrics.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub requests: Family<Request, Counter>,
    pub seconds: Family<Route, Histogram, fn() -> Histogram>,
    pub verdicts: Family<Verdict, Counter>,
    pub reloads: Family<Outcome, Counter>,
    pub at_work: Gauge,
    pub connections: Gauge,
}

impl Metrics {
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("setpoint");
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            seconds: Family::new_with_constructor(histogram),
            verdicts: Family::default(),
            reloads: Family::default(),
            at_work: Gauge::default(),
            connections: Gauge::default(),
        };
        registry.register("requests", "Requests that were answered", metrics.requests.clone());
        let help = "From the headers of a request to its answer";
        registry.register_with_unit("request_duration", help, Unit::Seconds, metrics.seconds.clone());
        registry.register("verdicts", "Documents that were checked", metrics.verdicts.clone());
        registry.register(
            "reloads",
            "Times that the project was looked at because it had changed",
            metrics.reloads.clone(),
        );
        registry.register("requests_at_work", "Requests that are worked on now", metrics.at_work.clone());
        registry.register("connections", "Connections that are open now", metrics.connections.clone());
        Self { registry, ..metrics }
    }

    /// All of them as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
