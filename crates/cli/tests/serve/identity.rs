//! The same documents, asked of the server and of the editor's validator: the module for browsers, in Node. What they say is the same,
//! byte for byte.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::project::Project;
use crate::python::is_ci;
use crate::server::Server;

const DOCUMENTS: usize = 500;

/// A document: its name, its media type, its text. Every eighth is right; the others have one fault or another.
fn document(number: usize) -> (String, &'static str, String) {
    let (seconds, count) = (number % 600 + 1, number);
    let name = format!("tenant {number} – ü");
    let lines: Vec<(&str, String)> = match (number / 4) % 8 {
        0 => vec![("timeout_s", seconds.to_string()), ("count", count.to_string()), ("name", format!("\"{name}\""))],
        1 => vec![("timeout_s", format!("\"{seconds}\"")), ("count", count.to_string())],
        2 => vec![("timeout_s", (seconds * 1000).to_string()), ("count", count.to_string())],
        3 => vec![("timeut_s", seconds.to_string()), ("count", count.to_string())],
        4 => vec![("timeout_s", seconds.to_string())],
        5 => vec![("timeout_s", format!("{seconds}.50")), ("count", "1e3".to_owned()), ("name", "12".to_owned())],
        6 => vec![("timeout_s", seconds.to_string()), ("count", count.to_string()), ("count", "0".to_owned())],
        _ => vec![("timeout_s", seconds.to_string()), ("count", "[".to_owned())],
    };
    let join = |between: &str, sign: &str| {
        lines.iter().map(|(key, value)| format!("{key}{sign}{value}")).collect::<Vec<_>>().join(between)
    };
    let quoted = lines.iter().map(|(key, value)| format!("  \"{key}\": {value}")).collect::<Vec<_>>().join(",\n");
    match number % 4 {
        0 => ("a.json".to_owned(), "application/json", format!("{{\n{quoted}\n}}\n")),
        1 => ("a.jsonc".to_owned(), "application/jsonc", format!("// {number}\n{{\n{quoted},\n}}\n")),
        2 => ("a.yaml".to_owned(), "application/yaml", format!("# {number}\n{}\n", join("\n", ": "))),
        _ => ("a.toml".to_owned(), "application/toml", format!("{}\n", join("\n", " = "))),
    }
}

#[test]
fn the_server_and_the_validator_of_the_editor_say_the_same_byte_for_byte() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/packages/setpoint");
    if !package.join("dist/setpoint_bg.wasm").is_file() {
        assert!(!is_ci(), "the module for browsers is not built; `cargo xtask web --package` builds it");
        println!("skipped: the module for browsers is not built; `cargo xtask web --package` builds it");
        return;
    }
    let project = Project::sqlite();
    let rule = "rules:\n  - id: small\n    rule: self.count < 400\n    expected: a count below 400\n";
    project.write("rules/app.yaml", rule);
    crate::project::edit(&project, "migrations =", "rules = \"rules/app.yaml\"\nmigrations =");
    let server = Server::of(&project, &[]);
    let digest = server.get("/v1/bundle").expect(200).json()["bundle"].as_str().unwrap().to_owned();
    let mut bundle = Some(server.get(&format!("/v1/bundles/{digest}")).expect(200).body);
    let mut node = Command::new("node");
    node.arg(package.join("conformance/node.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node starts");
    let mut asked = node.stdin.take().unwrap();
    let mut answers = BufReader::new(node.stdout.take().unwrap()).lines();
    let (mut wrong, mut right) = (0, 0);
    for number in 0..DOCUMENTS {
        let (file, kind, text) = document(number);
        let path = format!("/v1/settings/app/check?version=1&file={file}");
        let of_server = server.ask("POST", &path).body(kind, text.clone()).send().expect(200).body;
        let format = file.rsplit('.').next().unwrap();
        let call = json!({ "file": file, "settings": "app", "version": 1, "format": format });
        let mut request = json!({ "operation": "check", "call": call, "text_base64": BASE64_STANDARD.encode(&text) });
        if let Some(bundle) = bundle.take() {
            request["bundle"] = Value::String(bundle);
        }
        writeln!(asked, "{request}").unwrap();
        let of_editor = answers.next().unwrap().unwrap();
        assert_eq!(of_server, of_editor, "{text}");
        match serde_json::from_str::<Value>(&of_server).unwrap()["verdict"].as_str() {
            Some("pass") => right += 1,
            _ => wrong += 1,
        }
    }
    assert!(right > 30 && wrong > 300, "{right} right, {wrong} wrong");
    drop(asked);
    node.wait().unwrap();
}
