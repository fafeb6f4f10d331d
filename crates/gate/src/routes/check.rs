//! Asking without changing anything: checks, conversions, comparisons.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use setpoint_core::call::{CheckCall, CompareCall, Complement, ConvertCall, GateDocument};
use setpoint_core::report::{DocumentReport, Verdict};
use setpoint_core::source::Format;

use super::{Answer, json, json_of, put};
use crate::access::Role;
use crate::body::Asked;
use crate::documents::Documents;
use crate::metrics;
use crate::problem::Problem;
use crate::service::Service;
use crate::work;

/// `POST /v1/settings/{family}/check`: the report on a document, as every host of the core writes it.
pub async fn check(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&["version", "key", "file"])?;
    let served = service.served();
    let family = served.family(asked.path("family"))?.name.clone();
    let version = asked.number("version")?.map(|version| served.version(&family, version)).transpose()?;
    let key = asked.text("key").map(str::to_owned);
    let file = asked.text("file").or(key.as_deref()).unwrap_or("document").to_owned();
    let (format, text) = asked.document(&service).await?;
    // With a key, rules about changes are asked: what is stored is what the document was.
    let before = match &key {
        Some(key) => {
            let documents = Documents::of(&served, &family).await?;
            let seen = documents.read(key, version).await?;
            let (format, version) = (Some(seen.format), Some(seen.version));
            Some(GateDocument { file: file.clone(), text: seen.text, format, version })
        }
        None => None,
    };
    let version = version.or(before.as_ref().and_then(|before| before.version));
    let settings = Some(family.clone());
    let call = CheckCall { file, settings, version, format: Some(format), before, no_ratchet: false };
    let report = work::run(&served.policy, text.len(), move |policy| policy.check_text(&call, &text)).await?;
    count(&service, &family, &report);
    let mut response = json(report);
    put(&mut response, "setpoint-bundle", &served.given.digest);
    Ok(response)
}

/// Counts the verdict of a report, which stands near its beginning, without reading all of it.
fn count(service: &Service, settings: &str, report: &str) {
    #[derive(Deserialize)]
    struct Head {
        verdict: Verdict,
    }
    let Ok(Head { verdict }) = serde_json::from_str(report) else { return };
    let verdict = match verdict {
        Verdict::Pass => "pass",
        Verdict::Undecided => "undecided",
        Verdict::Fail => "fail",
    };
    let label = metrics::Verdict { settings: settings.to_owned(), verdict: verdict.to_owned() };
    service.metrics.verdicts.get_or_create(&label).inc();
}

/// The media type of a document together with what was kept for it.
const WITH_COMPLEMENT: &str = "application/vnd.setpoint.document+json";

/// A document together with what was kept for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    document: String,
    format: Format,
    #[serde(default)]
    complement: Complement,
}

/// `POST /v1/settings/{family}/convert?from=1&to=2`: the document at another version, and what its way back needs.
pub async fn convert(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&["from", "to", "file"])?;
    let served = service.served();
    let settings = served.family(asked.path("family"))?.name.clone();
    let from = asked.number("from")?.map(|version| served.version(&settings, version)).transpose()?;
    let to = served.version(&settings, asked.needed("to")?)?;
    let file = asked.text("file").unwrap_or("document").to_owned();
    let kind = asked.parts.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (format, text, complement) = if kind.split(';').next().is_some_and(|kind| kind.trim() == WITH_COMPLEMENT) {
        let bytes = asked.bytes(&service).await?;
        let kept: Kept = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::malformed(
                format!("the body is no document with its complement: {error}"),
                "`document`, `format`, `complement`",
            )
        })?;
        (kept.format, kept.document.into_bytes(), kept.complement)
    } else {
        let (format, text) = asked.document(&service).await?;
        (format, text, Complement::default())
    };
    let (settings, format) = (Some(settings), Some(format));
    let call = ConvertCall { file, settings, from, to, format, complement, losses: true, compact: false };
    let answer = work::run(&served.policy, text.len(), move |policy| policy.convert(&call, &text)).await?;
    if answer.document.is_none() || answer.report.verdict != Verdict::Pass {
        return Err(Problem::of_report(answer.report));
    }
    json_of(&answer)
}

/// `POST /v1/compare`: whether documents of one schema stay valid under another.
pub async fn compare(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    asked.only(&[])?;
    let call: CompareCall = asked.call(&service).await?;
    let served = service.served();
    // A proof is long work, however short the call is.
    let answer = work::run(&served.policy, usize::MAX, move |policy| policy.compare(&call)).await?;
    let unknown = |report: &DocumentReport| report.findings.iter().any(|finding| finding.code.starts_with("unknown-"));
    match answer.reports.iter().find(|report| answer.any.is_none() && unknown(report)) {
        Some(report) => Err(Problem::of(axum::http::StatusCode::NOT_FOUND, report.findings.clone())),
        None => json_of(&answer),
    }
}
