//! The gate as a validating admission webhook of Kubernetes, for ConfigMaps that hold documents of a family.
//!
//! Each entry of a ConfigMap labelled `setpoint.dev/settings: FAMILY` whose name ends like a document (`.yaml`, `.json`, …) is one. When
//! the ConfigMap is changed, the entry of the same name is what the document was, and rules about changes are asked.
//! Form: `admission.k8s.io/v1`, `AdmissionReview`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use setpoint_core::call::{CheckCall, ConvertCall, GateDocument};
use setpoint_core::finding::{Finding, Severity};
use setpoint_core::report::{DocumentReport, Verdict};
use setpoint_core::source::Format;

use super::{Answer, json_of};
use crate::access::Role;
use crate::body::Asked;
use crate::problem::Problem;
use crate::served::Served;
use crate::service::Service;
use crate::work;

/// The label that names the family.
const LABEL: &str = "setpoint.dev/settings";
/// Kubernetes cuts longer warnings off.
const WARNING: usize = 120;
/// Kubernetes drops warnings when all together are longer.
const WARNINGS: usize = 4096;
/// The form of what is asked and answered.
const VERSION: &str = "admission.k8s.io/v1";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review {
    api_version: String,
    request: Asking,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asking {
    uid: String,
    #[serde(default)]
    object: Option<ConfigMap>,
    #[serde(default)]
    old_object: Option<ConfigMap>,
}

#[derive(Default, Deserialize)]
struct ConfigMap {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    data: BTreeMap<String, String>,
    #[serde(default, rename = "binaryData")]
    binary_data: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reviewed {
    api_version: &'static str,
    kind: &'static str,
    response: Response,
}

#[derive(Serialize)]
struct Response {
    uid: String,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Status {
    code: u16,
    reason: &'static str,
    message: String,
}

/// `POST /k8s/validate`.
pub async fn validate(State(service): State<Arc<Service>>, asked: Asked) -> Answer {
    asked.caller(&service, Role::Reader).await?;
    // The API server says how long it waits.
    asked.only(&["timeout"])?;
    let Review { api_version, request } = asked.call(&service).await?;
    if api_version != VERSION {
        let message = format!("`apiVersion` is `{}`", api_version.escape_debug());
        return Err(Problem::malformed(message, format!("`{VERSION}`")));
    }
    let served = service.served();
    let mut allowed = Reviewed {
        api_version: VERSION,
        kind: "AdmissionReview",
        response: Response { uid: request.uid, allowed: true, status: None, warnings: Vec::new() },
    };
    let Some(object) = request.object else { return json_of(&allowed) };
    let Some(settings) = object.metadata.labels.get(LABEL) else { return json_of(&allowed) };
    let mut found: Vec<(String, Finding)> = Vec::new();
    let mut wrong = false;
    match served.family(settings) {
        Err(problem) => {
            wrong = true;
            allowed.response.status = Some(refusal(format!("{LABEL}: {}", problem.detail())));
        }
        Ok(family) => {
            let former = request.old_object.unwrap_or_default().data;
            if let Some(entry) = object.binary_data.keys().find(|entry| Format::of_file(entry).is_some()) {
                wrong = true;
                let message = format!("{entry}: a document stands under `binaryData`, where nobody checks it");
                allowed.response.status = Some(refusal(message));
            }
            for (entry, text) in object.data {
                if Format::of_file(&entry).is_none() {
                    continue;
                }
                let file = format!("{}/{entry}", object.metadata.name);
                match judged(&served, &family.name, (&file, &text, former.get(&entry))).await {
                    Ok(report) => {
                        wrong |= report.verdict != Verdict::Pass;
                        found.extend(report.findings.into_iter().map(|finding| (entry.clone(), finding)));
                    }
                    // It met a limit: what is not known to be right is not admitted.
                    Err(problem) if problem.status().is_client_error() => {
                        wrong = true;
                        allowed.response.status = Some(refusal(format!("{entry}: {}", problem.detail())));
                    }
                    Err(problem) => return Err(problem),
                }
            }
        }
    }
    let (errors, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, finding)| is_refused(finding));
    if wrong {
        allowed.response.allowed = false;
        allowed.response.status.get_or_insert_with(|| {
            let lines = errors.iter().map(|(entry, finding)| format!("{entry}: {}", said(finding)));
            refusal(lines.collect::<Vec<_>>().join("; "))
        });
    }
    let mut room = WARNINGS;
    for (entry, finding) in others {
        let warning = shortened(&format!("{entry}: {}", finding.message), WARNING);
        if warning.len() > room {
            break;
        }
        room -= warning.len();
        allowed.response.warnings.push(warning);
    }
    json_of(&allowed)
}

/// Checks a document, as a change of what stood there before, at the version that it has now.
async fn judged(
    served: &Served,
    settings: &str,
    (file, text, former): (&str, &str, Option<&String>),
) -> Result<DocumentReport, Problem> {
    let format = Format::of_file(file);
    let call = CheckCall { file: file.to_owned(), settings: Some(settings.to_owned()), format, ..CheckCall::default() };
    let bytes = text.as_bytes().to_vec();
    let (first, size) = (call.clone(), bytes.len());
    let report = work::run(&served.policy, size, move |policy| policy.check(&first, &bytes)).await?;
    let (Some(former), Some(version)) = (former, report.version) else { return Ok(report) };
    // What was there may be of another version, and rules about changes are asked all the same.
    let convert = ConvertCall {
        file: file.to_owned(),
        settings: Some(settings.to_owned()),
        to: version,
        format,
        ..ConvertCall::default()
    };
    let bytes = former.as_bytes().to_vec();
    let taken = work::run(&served.policy, bytes.len(), move |policy| policy.convert(&convert, &bytes)).await?;
    // One that was no document of that family, or wrong, says nothing about changes.
    let Some(former) = taken.document else { return Ok(report) };
    let before = Some(GateDocument { file: file.to_owned(), text: former, format, version: Some(version) });
    let call = CheckCall { before, version: Some(version), ..call };
    let bytes = text.as_bytes().to_vec();
    work::run(&served.policy, 2 * size, move |policy| policy.check(&call, &bytes)).await
}

fn is_refused(finding: &Finding) -> bool {
    matches!(finding.severity, Severity::Error | Severity::Undecided)
}

/// A finding in one line.
fn said(finding: &Finding) -> String {
    let line = finding.span.map(|span| format!(" (line {})", span.line)).unwrap_or_default();
    format!("[{}] {}{line}, expected {}", finding.code, finding.message, finding.expected.text)
}

fn refusal(message: String) -> Status {
    Status { code: 422, reason: "Invalid", message }
}

/// At most so many bytes of a text, with `…` where it was cut off.
fn shortened(text: &str, most: usize) -> String {
    const CUT: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| at + CUT.len() <= most).last().unwrap_or(0);
    format!("{}{CUT}", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        assert_eq!(shortened("äbc", 4), "äbc");
        assert_eq!(shortened("äbcd", 5), "äbcd");
        assert_eq!(shortened("äbcde", 5), "ä…");
        assert!(shortened(&"ü".repeat(100), 120).len() <= 120);
    }
}
