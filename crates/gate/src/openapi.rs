//! The OpenAPI 3.1 document: what the routes take and give. The schemas of reports and status are the published ones of `schemas/`.
#![allow(clippy::indexing_slicing, reason = "members of what has just been made as an object")]

use serde_json::{Map, Value, json};
use setpoint_core::source::Format;

use crate::body::media_type;

/// The published schema of reports.
const REPORT: &str = include_str!("../../../schemas/report.json");
/// The published schema of `setpoint status`.
const STATUS: &str = include_str!("../../../schemas/status.json");

/// What a request carries.
#[derive(Clone, Copy)]
enum Carries {
    Nothing,
    /// A document in one of its formats.
    Document,
    /// The same, or one with its complement.
    DocumentOrKept,
    /// JSON of a schema.
    Json(&'static str),
}

/// What an answer holds.
#[derive(Clone, Copy)]
enum Holds {
    Nothing,
    Document,
    Json(&'static str),
    Text(&'static str),
}

/// One operation.
struct Operation {
    path: &'static str,
    method: &'static str,
    id: &'static str,
    summary: &'static str,
    /// Who may do it; everybody when absent.
    role: Option<&'static str>,
    query: &'static [&'static str],
    headers: &'static [&'static str],
    carries: Carries,
    answers: &'static [(u16, &'static str, Holds)],
    /// Statuses of problems beside those of all operations.
    problems: &'static [u16],
}

/// What every operation that somebody has to sign in for may answer.
const SIGNED_IN: &[u16] = &[400, 401, 403, 429, 503];
/// What every operation may answer.
const ALWAYS: &[u16] = &[400, 500];

const NONE: &[&str] = &[];
const READER: Option<&str> = Some("reader");
const EDITOR: Option<&str> = Some("editor");

#[rustfmt::skip]
const OPERATIONS: &[Operation] = &[
    Operation { path: "/healthz", method: "get", id: "live", summary: "Whether the process lives", role: None, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "It does.", Holds::Text("text/plain; charset=utf-8"))], problems: &[] },
    Operation { path: "/readyz", method: "get", id: "ready", summary: "Whether requests should be sent here", role: None, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "They should.", Holds::Json("health")), (503, "The server is about to end.", Holds::Json("health"))], problems: &[] },
    Operation { path: "/metrics", method: "get", id: "metrics", summary: "Metrics in the text format of OpenMetrics", role: None, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "All metrics.", Holds::Text("application/openmetrics-text; version=1.0.0; charset=utf-8"))], problems: &[] },
    Operation { path: "/v1/openapi.json", method: "get", id: "openapi", summary: "This document", role: None, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "This document.", Holds::Json("any"))], problems: &[] },
    Operation { path: "/v1/session", method: "get", id: "showSession", summary: "Who has signed in", role: READER, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "Who has.", Holds::Json("signedIn"))], problems: &[] },
    Operation { path: "/v1/session", method: "post", id: "beginSession", summary: "Begins a session of a browser for whoever shows a token", role: READER, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "The session has begun; its cookie is in `Set-Cookie`, its proof in `csrf`.", Holds::Json("signedIn"))], problems: &[] },
    Operation { path: "/v1/session", method: "delete", id: "endSession", summary: "Ends the session of a browser", role: None, query: NONE, headers: &["X-CSRF-Token"], carries: Carries::Nothing, answers: &[(204, "The browser forgets it.", Holds::Nothing)], problems: &[403, 429, 503] },
    Operation { path: "/v1/bundle", method: "get", id: "currentBundle", summary: "The digest of the bundle that is served now", role: READER, query: NONE, headers: &["If-None-Match"], carries: Carries::Nothing, answers: &[(200, "The digest.", Holds::Json("currentBundle")), (304, "It is still the one that was asked with.", Holds::Nothing)], problems: &[] },
    Operation { path: "/v1/bundles/{digest}", method: "get", id: "bundle", summary: "The text of a bundle, which never changes", role: READER, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "The text, in canonical JSON (RFC 8785).", Holds::Json("any"))], problems: &[404] },
    Operation { path: "/v1/settings", method: "get", id: "families", summary: "The families that are served", role: READER, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "The families.", Holds::Json("families"))], problems: &[] },
    Operation { path: "/v1/settings/{family}/check", method: "post", id: "check", summary: "Checks a document; with `key` as a change of the one that is stored", role: READER, query: &["version", "key", "file"], headers: &["X-CSRF-Token"], carries: Carries::Document, answers: &[(200, "The report, whatever the verdict is.", Holds::Json("report"))], problems: &[404, 408, 409, 413, 415, 422] },
    Operation { path: "/v1/settings/{family}/convert", method: "post", id: "convert", summary: "Takes a document from one version to another", role: READER, query: &["from", "to", "file"], headers: &["X-CSRF-Token"], carries: Carries::DocumentOrKept, answers: &[(200, "The document at the wanted version, and what its way back needs.", Holds::Json("converted"))], problems: &[404, 408, 413, 415, 422] },
    Operation { path: "/v1/settings/{family}/documents", method: "get", id: "listDocuments", summary: "Keys and versions, in the order of the keys", role: READER, query: &["search", "after", "limit"], headers: NONE, carries: Carries::Nothing, answers: &[(200, "A page of them.", Holds::Json("documents"))], problems: &[404] },
    Operation { path: "/v1/settings/{family}/documents/{key}", method: "get", id: "readDocument", summary: "A document as a version has it, whatever is stored", role: READER, query: &["version"], headers: &["If-None-Match"], carries: Carries::Nothing, answers: &[(200, "The document.", Holds::Document), (304, "It is still the one that was asked with.", Holds::Nothing)], problems: &[404, 409, 422] },
    Operation { path: "/v1/settings/{family}/documents/{key}", method: "put", id: "writeDocument", summary: "Changes or makes a document, once it passes the gate", role: EDITOR, query: &["version"], headers: &["If-Match", "If-None-Match", "X-CSRF-Token"], carries: Carries::Document, answers: &[(200, "It was changed; what is said of it all the same.", Holds::Json("report")), (201, "It was made.", Holds::Json("report"))], problems: &[404, 408, 409, 412, 413, 415, 422, 428] },
    Operation { path: "/v1/settings/{family}/documents/{key}", method: "delete", id: "removeDocument", summary: "Removes a document; it stays in the history", role: EDITOR, query: NONE, headers: &["If-Match", "If-None-Match", "X-CSRF-Token"], carries: Carries::Nothing, answers: &[(204, "It is gone.", Holds::Nothing)], problems: &[404, 409, 412, 428] },
    Operation { path: "/v1/settings/{family}/documents/{key}/history", method: "get", id: "history", summary: "The changes of a document, newest first", role: READER, query: &["before", "limit"], headers: NONE, carries: Carries::Nothing, answers: &[(200, "The changes.", Holds::Json("history"))], problems: &[404] },
    Operation { path: "/v1/settings/{family}/documents/{key}/history/{entry}", method: "get", id: "historyEntry", summary: "The document as it was before a change", role: READER, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "The document.", Holds::Document)], problems: &[404] },
    Operation { path: "/v1/settings/{family}/documents/{key}/preview", method: "post", id: "preview", summary: "What the same change by PUT would do, for everybody who reads the document; nothing is written", role: READER, query: &["version"], headers: &["If-Match", "If-None-Match", "X-CSRF-Token"], carries: Carries::Document, answers: &[(200, "What would be seen.", Holds::Json("preview"))], problems: &[404, 408, 409, 412, 413, 415, 422, 428] },
    Operation { path: "/v1/settings/{family}/documents/{key}/restore", method: "post", id: "restore", summary: "Makes a document what it was before a change, through the gate like any other change", role: EDITOR, query: NONE, headers: &["If-Match", "If-None-Match", "X-CSRF-Token"], carries: Carries::Json("restore"), answers: &[(200, "It is.", Holds::Json("report")), (201, "It was gone, and is there again.", Holds::Json("report"))], problems: &[404, 408, 409, 412, 413, 415, 422, 428] },
    Operation { path: "/v1/compare", method: "post", id: "compare", summary: "Whether documents of one schema stay valid under another", role: READER, query: NONE, headers: &["X-CSRF-Token"], carries: Carries::Json("compareCall"), answers: &[(200, "What is known, and why.", Holds::Json("any"))], problems: &[404, 408, 413, 415, 422] },
    Operation { path: "/v1/migrations", method: "get", id: "migrations", summary: "The migrations of the project", role: READER, query: NONE, headers: NONE, carries: Carries::Nothing, answers: &[(200, "All of them.", Holds::Json("migrations"))], problems: &[422] },
    Operation { path: "/v1/migrations/gate", method: "post", id: "gate", summary: "The verdict of the gate on a migration", role: EDITOR, query: NONE, headers: &["X-CSRF-Token"], carries: Carries::Json("gateCall"), answers: &[(200, "The verdict, and what it rests on.", Holds::Json("gated"))], problems: &[404, 408, 413, 415, 422] },
    Operation { path: "/v1/migrations/{id}/status", method: "get", id: "migrationStatus", summary: "Where the documents of a migration stand, and what can be done next", role: Some("operator"), query: &["settings"], headers: NONE, carries: Carries::Nothing, answers: &[(200, "Where they stand.", Holds::Json("family"))], problems: &[404, 422] },
    Operation { path: "/k8s/validate", method: "post", id: "admit", summary: "The gate as a validating admission webhook of Kubernetes", role: READER, query: &["timeout"], headers: &["X-CSRF-Token"], carries: Carries::Json("admissionReview"), answers: &[(200, "Whether the ConfigMap is admitted.", Holds::Json("admissionReviewed"))], problems: &[408, 413, 415, 422] },
];

/// The document.
#[must_use]
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described(operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Setpoint",
            "version": setpoint_core::report::CORE_VERSION,
            "summary": "Checks settings before they are written, and serves each reader its own version.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "`setpoint token new NAME --role ROLE` makes one." },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::session::COOKIE, "description": "Changes also need `X-CSRF-Token`." }
            },
            "schemas": schemas()
        }
    })
}

fn described(operation: &Operation) -> Value {
    let mut described =
        json!({ "operationId": operation.id, "summary": operation.summary, "responses": answers(operation) });
    let mut parameters: Vec<Value> = operation.path.split('/').filter_map(path_parameter).collect();
    parameters.extend(operation.query.iter().map(|name| query_parameter(name, operation.id == "convert")));
    parameters.extend(operation.headers.iter().map(|name| {
        json!({ "name": name, "in": "header", "required": false, "schema": { "type": "string" }, "description": header_text(name) })
    }));
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    let content = match operation.carries {
        Carries::Nothing => None,
        Carries::Document => Some(document_content()),
        Carries::DocumentOrKept => {
            let mut content = document_content();
            content.insert(
                "application/vnd.setpoint.document+json".to_owned(),
                json!({ "schema": { "$ref": "#/components/schemas/kept" } }),
            );
            Some(content)
        }
        Carries::Json(name) => Some(json_content(name)),
    };
    if let Some(content) = content {
        described["requestBody"] = json!({ "required": true, "content": content });
    }
    if let Some(role) = operation.role {
        described["security"] = json!([{ "token": [] }, { "session": [] }]);
        described["description"] = format!("Needs the role {role}.").into();
    }
    described
}

/// A document in any of its formats.
fn document_content() -> Map<String, Value> {
    let formats = [Format::Json, Format::Jsonc, Format::Yaml, Format::Toml];
    formats.into_iter().map(|format| (media_type(format).to_owned(), json!({ "schema": {} }))).collect()
}

fn json_content(schema: &str) -> Map<String, Value> {
    let schema = json!({ "schema": { "$ref": format!("#/components/schemas/{schema}") } });
    [("application/json".to_owned(), schema)].into_iter().collect()
}

fn answers(operation: &Operation) -> Value {
    let mut answers = Map::new();
    for (status, description, holds) in operation.answers {
        let mut answer = json!({ "description": description });
        let content = match holds {
            Holds::Nothing => None,
            Holds::Json(name) => Some(json_content(name)),
            Holds::Text(kind) => {
                Some([((*kind).to_owned(), json!({ "schema": { "type": "string" } }))].into_iter().collect())
            }
            Holds::Document => Some(document_content()),
        };
        if let Some(content) = content {
            answer["content"] = Value::Object(content);
        }
        answers.insert(status.to_string(), answer);
    }
    let common = if operation.role.is_some() { SIGNED_IN } else { &[] };
    for status in ALWAYS.iter().chain(common).chain(operation.problems) {
        answers.entry(status.to_string()).or_insert_with(|| problem(*status));
    }
    Value::Object(answers)
}

fn problem(status: u16) -> Value {
    let description = match status {
        400 => "The request cannot be understood.",
        401 => "Nobody known sends the request.",
        403 => {
            "The token has not the role that is needed, or the request does not prove that it comes from the editor."
        }
        404 => "What is asked for is not there.",
        408 => "The request took too long to arrive.",
        409 => "The store does not take it, or the document has no version.",
        412 => {
            "The document is not what the request says it is; a three-way comparison comes with it where it can be made."
        }
        413 => "The body is larger than the server takes.",
        415 => "The body is of a type that is not taken.",
        422 => "The document does not pass; the findings say why.",
        428 => "The request does not say what it changes.",
        429 => "The token sends more requests than it may.",
        503 => "The server, or a store, cannot do it now.",
        _ => "A fault of the server.",
    };
    let mut problem = json!({
        "description": description,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } }
    });
    if matches!(status, 429 | 503) {
        problem["headers"] = json!({ "Retry-After": { "description": "Seconds.", "schema": { "type": "integer" } } });
    }
    problem
}

fn path_parameter(part: &str) -> Option<Value> {
    let name = part.strip_prefix('{')?.strip_suffix('}')?;
    let (description, schema) = match name {
        "family" => ("The family.", json!({ "type": "string" })),
        "key" => ("The key of the document; `/` is written `%2F`.", json!({ "type": "string", "minLength": 1 })),
        "entry" => ("The number of a change.", json!({ "type": "integer" })),
        "digest" => ("The digest of a bundle, `sha256:…`.", json!({ "type": "string" })),
        _ => ("The name of the file without its ending.", json!({ "type": "string" })),
    };
    Some(json!({ "name": name, "in": "path", "required": true, "schema": schema, "description": description }))
}

fn query_parameter(name: &str, is_conversion: bool) -> Value {
    let version = json!({ "$ref": "#/components/schemas/version" });
    let (description, schema) = match name {
        "version" => ("The version of the document; otherwise the one that it declares, or that is stored.", version),
        "from" => ("The version that it is at; otherwise the one it declares, otherwise the current one.", version),
        "to" => ("The version that is wanted.", version),
        "key" => ("The key of the document that it is a change of.", json!({ "type": "string" })),
        "file" => ("What to call it in the report.", json!({ "type": "string" })),
        "search" => ("What keys contain, in whatever case.", json!({ "type": "string" })),
        "after" => ("Only keys that come after this one.", json!({ "type": "string" })),
        "before" => ("Only changes with lower numbers.", json!({ "type": "integer", "minimum": 0 })),
        "limit" => ("At most so many.", json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 })),
        "settings" => ("The family, where several have a migration of that name.", json!({ "type": "string" })),
        _ => ("How long the caller waits.", json!({ "type": "string" })),
    };
    let required = is_conversion && name == "to";
    json!({ "name": name, "in": "query", "required": required, "schema": schema, "description": description })
}

fn header_text(name: &str) -> &'static str {
    match name {
        "If-Match" => "The `ETag` of what is changed.",
        "If-None-Match" => "The `ETag` of what is known already; `*` for a change that makes something new.",
        _ => "The proof of a session; not needed with a token.",
    }
}

/// The schemas that are published already, and those of the server.
fn schemas() -> Value {
    let mut all = Map::new();
    for text in [STATUS, REPORT] {
        let text = text.replace("#/$defs/", "#/components/schemas/");
        let published: Value = serde_json::from_str(&text).unwrap_or_default();
        let defs = published.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
        all.extend(defs);
    }
    let of = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let text = || json!({ "type": "string" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let object = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required });
    let own = [
        ("any", json!({})),
        (
            "report",
            object(
                json!({ "file": text(), "settings": text(), "version": of("version"), "verdict": { "enum": ["pass", "undecided", "fail"] }, "findings": list(of("finding")), "hidden": list(of("span")) }),
                &["file", "verdict", "findings"],
            ),
        ),
        (
            "problem",
            object(
                json!({
                    "type": { "type": "string", "description": "Names the documentation of the first finding: `setpoint explain CODE`." },
                    "title": text(), "status": { "type": "integer" }, "detail": text(),
                    "findings": list(of("finding")), "retry_after": { "type": "integer", "description": "Seconds." },
                    "comparison": of("threeWay")
                }),
                &["type", "title", "status", "detail", "findings"],
            ),
        ),
        (
            "threeWay",
            object(
                json!({ "version": of("version"), "base": text(), "theirs": text(), "etag": text(), "changes": of("merged") }),
                &["version", "theirs", "etag", "changes"],
            ),
        ),
        (
            "merged",
            object(
                json!({
                    "theirs": list(of("pointer")), "yours": list(of("pointer")), "conflicts": list(of("pointer")),
                    "merged": { "type": "string", "description": "Your text with what they have changed, and what you have at conflicts." },
                    "report": of("report")
                }),
                &["theirs", "yours", "conflicts", "report"],
            ),
        ),
        (
            "health",
            object(
                json!({ "status": text(), "bundle": text(), "core": text(), "project": text() }),
                &["status", "bundle", "core"],
            ),
        ),
        (
            "signedIn",
            object(
                json!({ "name": text(), "role": { "enum": ["reader", "editor", "operator"] }, "csrf": text() }),
                &["name", "role"],
            ),
        ),
        ("currentBundle", object(json!({ "bundle": text(), "core": text() }), &["bundle", "core"])),
        (
            "families",
            object(
                json!({ "bundle": text(), "settings": list(object(json!({ "name": text(), "versions": list(of("version")), "current": of("version"), "readers": { "type": "object", "additionalProperties": list(of("version")) } }), &["name", "versions", "current", "readers"])) }),
                &["bundle", "settings"],
            ),
        ),
        (
            "documents",
            object(
                json!({ "documents": list(object(json!({ "key": text(), "version": { "oneOf": [of("version"), { "type": "null" }] } }), &["key", "version"])), "next": text() }),
                &["documents"],
            ),
        ),
        (
            "kept",
            object(
                json!({ "document": text(), "format": { "enum": ["json", "jsonc", "yaml", "toml"] }, "complement": text() }),
                &["document", "format"],
            ),
        ),
        (
            "converted",
            object(
                json!({ "document": text(), "complement": text(), "from": of("version"), "losses": list(of("pointer")), "report": of("report") }),
                &["document", "report"],
            ),
        ),
        (
            "preview",
            object(
                json!({
                    "version": of("version"), "stored": of("version"), "report": of("report"),
                    "views": list(object(json!({ "version": of("version"), "readers": list(text()), "before": text(), "after": text() }), &["version", "readers", "after"]))
                }),
                &["version", "stored", "report", "views"],
            ),
        ),
        (
            "history",
            object(
                json!({ "entries": list(object(json!({ "id": { "type": "integer" }, "at": text(), "by": text(), "from": of("version"), "to": of("version"), "run": { "type": "integer" } }), &["id", "at", "by", "from", "to"])), "next": { "type": "integer" } }),
                &["entries"],
            ),
        ),
        (
            "restore",
            json!({ "type": "object", "properties": { "entry": { "type": "integer" } }, "required": ["entry"], "additionalProperties": false }),
        ),
        (
            "migrations",
            object(
                json!({ "migrations": list(object(json!({ "id": text(), "settings": text(), "file": text(), "about": { "type": "object" } }), &["id", "settings", "file"])) }),
                &["migrations"],
            ),
        ),
        (
            "gateCall",
            object(
                json!({ "settings": text(), "migration": text(), "documents": list(object(json!({ "file": text(), "text": text(), "format": { "enum": ["json", "jsonc", "yaml", "toml"] }, "version": of("version") }), &["file", "text"])), "readers": { "type": "object", "additionalProperties": list(of("version")) } }),
                &["settings", "migration", "documents"],
            ),
        ),
        (
            "gated",
            object(
                json!({ "report": of("report"), "converted": { "type": "integer" }, "generated": { "type": "integer" } }),
                &["report"],
            ),
        ),
        ("compareCall", object(json!({ "old": of("edition"), "new": of("edition") }), &["old", "new"])),
        ("edition", object(json!({ "settings": text(), "version": of("version") }), &["settings"])),
        (
            "admissionReview",
            object(
                json!({ "apiVersion": text(), "kind": text(), "request": object(json!({ "uid": text() }), &["uid"]) }),
                &["apiVersion", "request"],
            ),
        ),
        (
            "admissionReviewed",
            object(
                json!({ "apiVersion": text(), "kind": text(), "response": object(json!({ "uid": text(), "allowed": { "type": "boolean" }, "status": { "type": "object" }, "warnings": list(text()) }), &["uid", "allowed"]) }),
                &["apiVersion", "kind", "response"],
            ),
        ),
    ];
    all.extend(own.into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::routes;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let mut described: Vec<String> = openapi()["paths"].as_object().unwrap().keys().cloned().collect();
        // The editor is for browsers.
        let is_editor = |path: &&str| matches!(*path, "/" | "/assets/{name}");
        let mut routes: Vec<String> =
            routes::paths().into_iter().filter(|path| !is_editor(path)).map(str::to_owned).collect();
        described.sort();
        routes.sort();
        assert_eq!(described, routes);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn look(value: &Value, all: &Map<String, Value>) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let name = reference.strip_prefix("#/components/schemas/").unwrap();
                        assert!(all.contains_key(name), "{reference}");
                    }
                    members.values().for_each(|value| look(value, all));
                }
                Value::Array(items) => items.iter().for_each(|value| look(value, all)),
                _ => {}
            }
        }
        let document = openapi();
        look(&document, document["components"]["schemas"].as_object().unwrap());
    }

    /// `UPDATE_SCHEMAS=1 cargo test -p setpoint-gate openapi` writes it.
    #[test]
    fn the_published_document_is_the_one_that_is_served() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/openapi.json");
        let text = serde_json::to_string_pretty(&openapi()).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert!(std::fs::read_to_string(path).unwrap_or_default() == text, "run the test with UPDATE_SCHEMAS=1");
    }
}
