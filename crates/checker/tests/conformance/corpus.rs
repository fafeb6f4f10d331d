//! The project's own corpus: everything under `tests/findings`, `tests/gate`, `tests/faults/corpus` (real schemas and
//! documents of installed packages) and `examples`, and texts that nobody would write on purpose.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use setpoint_core::bundle::{Bundle, Family, File};
use setpoint_core::call::{
    CheckCall, CompareCall, ConvertCall, Direction, Edition, GateCall, GateDocument, MergeCall, Reading, Rehearsal,
};
use setpoint_core::checks;
use setpoint_core::policy::Policy;
use setpoint_core::source::Format;
use setpoint_project::Project;

use super::faults::faulty;
use super::requests::{Operation, Request, call};
use super::{files_below, relative, root, syntaxes};

/// Stands in the name of a request between a document and the syntax it is written in.
pub const AS: &str = " written as ";

/// Everything, in a fixed order.
pub fn requests() -> Vec<Request> {
    let mut requests = Vec::new();
    findings(&mut requests);
    gates(&mut requests);
    migrations(&mut requests);
    packages(&mut requests);
    examples(&mut requests);
    rules(&mut requests);
    comparisons(&mut requests);
    hostile(&mut requests);
    pages(&mut requests);
    requests
}

/// The cases of a folder, sorted.
fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn bundle(family: Family) -> Arc<str> {
    let bundle = Bundle { bundle: 1, settings: BTreeMap::from([("case".to_owned(), family)]), limits: None };
    serde_json::to_string(&bundle).unwrap().into()
}

fn schema(file: &str, text: &str) -> Arc<str> {
    let file = File { file: file.to_owned(), text: text.to_owned() };
    bundle(Family { schemas: BTreeMap::from([(1, file)]), ..Family::default() })
}

fn findings(requests: &mut Vec<Request>) {
    for case in cases("tests/findings") {
        let files = files_below(&case);
        let find = |stem: &str| files.iter().find(|path| path.file_stem().is_some_and(|name| name == stem)).unwrap();
        let (schema_file, input) = (find("schema"), find("input"));
        let bundle = schema(&name(schema_file), &text(schema_file));
        let about = relative(&case, root());
        requests.push(Request::load(about.clone(), &bundle));
        requests.push(Request::check(about, &bundle, call(&name(input)), fs::read(input).unwrap()));
    }
}

fn gates(requests: &mut Vec<Request>) {
    for case in cases("tests/gate") {
        let about = relative(&case, root());
        let file = |name: &str| File { file: name.to_owned(), text: text(&case.join(name)) };
        let bundle = bundle(Family {
            schemas: BTreeMap::from([(1, file("v1.json")), (2, file("v2.json"))]),
            migrations: vec![file("migration.yaml")],
            ..Family::default()
        });
        requests.push(Request::load(about.clone(), &bundle));
        let mut documents = Vec::new();
        for path in files_below(&case.join("documents")) {
            let document = GateDocument { file: name(&path), text: text(&path), ..GateDocument::default() };
            for (from, to, compact) in [(1, 2, false), (2, 1, true), (1, 3, false), (1, 2, true)] {
                let file = document.file.clone();
                let call =
                    ConvertCall { file, from: Some(from), to, compact, losses: compact, ..ConvertCall::default() };
                let operation = Operation::Convert { call, text: document.text.clone().into() };
                requests.push(Request { name: about.clone(), bundle: Arc::clone(&bundle), operation });
            }
            let call = CheckCall { version: Some(1), ..call(&document.file) };
            requests.push(Request::check(about.clone(), &bundle, call, document.text.clone()));
            documents.push(document);
        }
        let beside = |name: &str| fs::read_to_string(case.join(name)).ok();
        let readers = beside("readers.json").map(|text| serde_json::from_str(&text).unwrap()).unwrap_or_default();
        let rehearsal = beside("rehearsal.json").map(|text| {
            let rehearsal: Rehearsal = serde_json::from_str(&text).unwrap();
            Rehearsal { receipt: rehearsal.receipt.or_else(|| beside("receipt.json")), ..rehearsal }
        });
        let call =
            GateCall { settings: "case".into(), migration: "migration.yaml".into(), documents, readers, rehearsal };
        requests.push(Request { name: about, bundle: Arc::clone(&bundle), operation: Operation::Gate { call } });
    }
}

/// Migrations of other projects, up and back with what was kept.
fn migrations(requests: &mut Vec<Request>) {
    let folder = root().join("tests/migrations");
    let mut loaded: Option<(String, Arc<str>)> = None;
    for line in text(&folder.join("pairs.ndjson")).lines() {
        let pair: Value = serde_json::from_str(line).unwrap();
        let migration = pair["migration"].as_str().unwrap();
        if loaded.as_ref().is_none_or(|(known, _)| known != migration) {
            let file = format!("{migration}.yaml");
            let any = |version: u32| File { file: format!("v{version}.json"), text: "true".to_owned() };
            let family = Family {
                schemas: BTreeMap::from([(1, any(1)), (2, any(2))]),
                migrations: vec![File { text: text(&folder.join(&file)), file }],
                ..Family::default()
            };
            let settings = BTreeMap::from([("theirs".to_owned(), family)]);
            let bundle = serde_json::to_string(&Bundle { bundle: 1, settings, limits: None }).unwrap();
            loaded = Some((migration.to_owned(), bundle.into()));
        }
        let (_, bundle) = loaded.as_ref().unwrap();
        let format: Format = serde_json::from_value(pair["format"].clone()).unwrap();
        for (text, format) in
            [(Some(pair["before"].to_string()), Format::Json), (pair["text"].as_str().map(str::to_owned), format)]
        {
            let Some(text) = text else { continue };
            let up = ConvertCall {
                file: "document".to_owned(),
                from: Some(1),
                to: 2,
                format: Some(format),
                ..ConvertCall::default()
            };
            let policy = Policy::load(bundle.as_bytes()).unwrap();
            let above = policy.convert(&up, text.as_bytes());
            let down = ConvertCall { from: Some(2), to: 1, complement: above.complement, ..up.clone() };
            let about = format!("{migration}: {}", pair["id"]);
            let mut ask = |operation: Operation| {
                requests.push(Request { name: about.clone(), bundle: Arc::clone(bundle), operation });
            };
            ask(Operation::Convert { call: up, text: text.clone().into() });
            if let Some(document) = above.document {
                ask(Operation::Convert { call: down, text: document.clone().into() });
                // One takes it up by hand while another one empties it.
                let (base, theirs, yours) = (Some(text), document, "{}".to_owned());
                let file = "document".to_owned();
                ask(Operation::Merge { call: MergeCall { file, settings: None, format, base, theirs, yours } });
            }
        }
    }
}

/// Real schemas and documents: each document as it is and with faults, in every syntax that can express it.
fn packages(requests: &mut Vec<Request>) {
    for case in cases("tests/faults/corpus") {
        let bundle = schema("schema.json", &text(&case.join("schema.json")));
        requests.push(Request::load(relative(&case, root()), &bundle));
        for path in files_below(&case.join("documents")) {
            let about = relative(&path, root());
            let original = text(&path);
            requests.push(Request::check(about.clone(), &bundle, call("document.json"), original.clone()));
            let document: Value = serde_json::from_str(&original).unwrap();
            for (number, document) in std::iter::once(document.clone()).chain(faulty(&document)).enumerate() {
                for (format, text) in syntaxes::all(&document) {
                    let about = format!("{about} with fault {number}{AS}{format}");
                    requests.push(Request::check(about, &bundle, call(&format!("document.{format}")), text));
                }
            }
        }
    }
}

/// The example projects, as the command line reads them.
fn examples(requests: &mut Vec<Request>) {
    for case in cases("examples") {
        let about = relative(&case, root());
        let project = Project::open(&case.join(setpoint_project::PROJECT_FILE)).unwrap();
        let plan = project.bundle().unwrap();
        let bundle: Arc<str> = String::from_utf8(setpoint_project::canonical(&plan).unwrap()).unwrap().into();
        requests.push(Request::load(about.clone(), &bundle));
        let documents = project.documents(&[]).unwrap().files;
        for document in &documents {
            let call = CheckCall { settings: Some(document.settings.clone()), ..call(&document.name) };
            let text = fs::read(&document.path).unwrap();
            requests.push(Request::check(format!("{about}/{}", document.name), &bundle, call, text));
        }
        for (settings, family) in &plan.settings {
            let documents = documents.iter().filter(|document| document.settings == *settings);
            let documents: Vec<GateDocument> = documents
                .map(|document| GateDocument {
                    file: document.name.clone(),
                    text: text(&document.path),
                    ..GateDocument::default()
                })
                .collect();
            for migration in &family.migrations {
                let call = GateCall {
                    settings: settings.clone(),
                    migration: migration.file.clone(),
                    documents: documents.clone(),
                    ..GateCall::default()
                };
                let name = format!("{about}/{}", migration.file);
                requests.push(Request { name, bundle: Arc::clone(&bundle), operation: Operation::Gate { call } });
            }
        }
    }
}

/// The examples of Kubernetes' documentation: each rule with each document, as it is and as a change of another one, and the
/// same rule in a rule file.
fn rules(requests: &mut Vec<Request>) {
    let lines = text(&root().join("tests/conformance/cel/kubernetes.ndjson"));
    for line in lines.lines() {
        let example: Value = serde_json::from_str(line).unwrap();
        let rule = example["rule"].as_str().unwrap();
        let mut schema = example["schema"].clone();
        schema["x-kubernetes-validations"] = serde_json::json!([{ "rule": rule, "messageExpression": rule }]);
        let own = serde_json::json!({ "rules": [{ "id": "it", "rule": rule, "messageExpression": rule }] });
        let bundle = bundle(Family {
            schemas: BTreeMap::from([(1, File { file: "schema.json".to_owned(), text: schema.to_string() })]),
            rules: vec![File { file: "rules.json".to_owned(), text: own.to_string() }],
            format: Some(false),
            ..Family::default()
        });
        requests.push(Request::load(format!("the rule {rule}"), &bundle));
        for case in example["cases"].as_array().into_iter().chain(example["errorCases"].as_array()).flatten() {
            let document = case["self"].to_string();
            let before = case.get("oldSelf").unwrap_or(&case["self"]).to_string();
            let before = GateDocument { file: "before.json".to_owned(), text: before, ..GateDocument::default() };
            let change = CheckCall { before: Some(before), ..call("document.json") };
            requests.push(Request::check(
                format!("the rule {rule} for {document}"),
                &bundle,
                call("document.json"),
                document.clone(),
            ));
            requests.push(Request::check(
                format!("the rule {rule} for a change to {document}"),
                &bundle,
                change,
                document,
            ));
        }
    }
}

/// The cases of other projects, from `tests/compat`: everything in one answer.
fn comparisons(requests: &mut Vec<Request>) {
    let folder = root().join("tests/compat");
    let lines = text(&folder.join("jsoncompat.ndjson"));
    let cases = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut pairs: Vec<(Value, Value)> = cases.map(|case| (case["old"].clone(), case["new"].clone())).collect();
    let cases: Value = serde_json::from_str(&text(&folder.join("apicurio.json"))).unwrap();
    let cases = cases["tests"].as_array().unwrap();
    pairs.extend(cases.iter().map(|case| (case["original"].clone(), case["updated"].clone())));
    assert!(pairs.len() > 200);
    let edition = |settings: &str| Edition { settings: settings.to_owned(), version: None };
    let document =
        |text: &str| GateDocument { file: "a.json".to_owned(), text: text.to_owned(), ..GateDocument::default() };
    let call = CompareCall {
        old: edition("old"),
        new: edition("new"),
        documents: [r#"{"a":1}"#, "\"b\"", "3", "{"].map(document).to_vec(),
        reading: Reading::Any,
        direction: Direction::Full,
        accepted: Vec::new(),
    };
    for (old, new) in pairs {
        let family = |file: &str, schema: &Value| {
            let file = File { file: file.to_owned(), text: schema.to_string() };
            Family { schemas: BTreeMap::from([(1, file)]), ..Family::default() }
        };
        let settings = [("new", family("new.json", &new)), ("old", family("old.json", &old))];
        let settings = settings.map(|(name, family)| (name.to_owned(), family)).into();
        let bundle = serde_json::to_string(&Bundle { bundle: 1, settings, limits: None }).unwrap().into();
        let operation = Operation::Compare { call: call.clone() };
        requests.push(Request { name: format!("{old} compared with {new}"), bundle, operation });
    }
}

/// Texts that break parsers, each under every format.
fn hostile(requests: &mut Vec<Request>) {
    let bundle = schema("schema.json", r#"{ "type": "object", "additionalProperties": { "type": "integer" } }"#);
    let laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned()
        + &('b'..='i').fold(String::new(), |text, key| {
            let before = char::from(key as u8 - 1);
            let list = vec![format!("*{before}"); 9].join(", ");
            text + &format!("{key}: &{key} [{list}]\n")
        });
    let texts: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("only spaces", b" \n\t ".to_vec()),
        ("broken UTF-8", b"{\"a\": \"\xff\xfe\"}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{\"a\": 1}".to_vec()),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec()),
        ("carriage returns", b"{\r\n  \"a\": \"1\",\r\n  \"b\": 2\r\n}\r\n".to_vec()),
        ("a NUL byte", b"{\"a\": \0 1}".to_vec()),
        ("characters beyond the first plane", "{\"\u{1f600}\": \"\u{10ffff}\", \"\u{e9}\": 1, \"e\u{301}\": 2}".into()),
        ("a lone surrogate", br#"{"a": "\ud800"}"#.to_vec()),
        ("deep nesting", b"[".repeat(100_000)),
        ("deep objects", b"{\"a\":".repeat(5_000)),
        ("a long number", format!("{{\"a\": {}}}", "9".repeat(50_000)).into()),
        (
            "numbers at the edge",
            br#"{"a": 9007199254740993, "b": -0.0, "c": 1e400, "d": 1.50, "e": 1E2, "f": 0.1e1}"#.to_vec(),
        ),
        ("duplicate keys", br#"{"a": 1, "a": "2", "b": {"c": 1, "c": 1}}"#.to_vec()),
        ("laughs", laughs.into()),
        ("an alias to itself", b"a: &a [*a]\n".to_vec()),
        ("surprises of YAML", b"a: no\nb: 012\nc: 1_000\nd: ~\n<<: {e: 1}\nf: 2026-01-01\ng: .inf\n".to_vec()),
        ("tabs", b"a:\n\t- 1\n".to_vec()),
        ("several documents", b"a: 1\n---\na: x\n".to_vec()),
        ("tables", b"a = \"x\"\n[b]\nc = 1\n[[d]]\ne = 1979-05-27T07:32:00Z\n".to_vec()),
        ("a table twice", b"[a]\nb = 1\n[a]\nc = 2\n".to_vec()),
        ("comments", b"// one\n{ /* two */ \"a\": \"x\", }\n".to_vec()),
    ];
    for (what, text) in &texts {
        for format in ["json", "jsonc", "yaml", "toml"] {
            let about = format!("{what} as {format}");
            requests.push(Request::check(about, &bundle, call(&format!("settings.{format}")), text.clone()));
        }
        let operation = Operation::Lines { call: call("settings.ndjson"), text: text.clone() };
        requests.push(Request { name: format!("{what} as lines"), bundle: Arc::clone(&bundle), operation });
    }
    let unknown = CheckCall { settings: Some("nobody".into()), version: Some(7), ..call("a.json") };
    requests.push(Request::check("an unknown family".into(), &bundle, unknown, "{}"));
    let unknown = CheckCall { version: Some(7), ..call("a.json") };
    requests.push(Request::check("an unknown version".into(), &bundle, unknown, "{}"));
}

/// The documentation page of every code.
fn pages(requests: &mut Vec<Request>) {
    let bundle = schema("schema.json", "{}");
    let codes = checks::all().into_iter().map(|check| check.code).chain(["no-such-code"]);
    requests.extend(codes.map(|code| Request {
        name: format!("the page of {code}"),
        bundle: Arc::clone(&bundle),
        operation: Operation::Explain { code: code.to_owned() },
    }));
}
