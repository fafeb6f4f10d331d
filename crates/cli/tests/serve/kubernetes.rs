//! The webhook, asked as the API server of Kubernetes asks (`admission.k8s.io/v1`).

use serde_json::{Value, json};

use crate::project::Project;
use crate::server::Server;

fn config_map(labels: &Value, data: &Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "app", "namespace": "shop", "labels": labels }, "data": data })
}

fn ask(server: &Server, object: Value, old: Option<Value>) -> Value {
    let operation = if old.is_some() { "UPDATE" } else { "CREATE" };
    let body = json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": { "uid": "705ab4f5", "operation": operation, "kind": { "group": "", "version": "v1", "kind": "ConfigMap" },
            "object": object, "oldObject": old, "dryRun": false }
    });
    let answer = server.ask("POST", "/k8s/validate?timeout=10s").json(&body).send().expect(200).json();
    assert_eq!(
        (&answer["apiVersion"], &answer["response"]["uid"]),
        (&json!("admission.k8s.io/v1"), &json!("705ab4f5"))
    );
    answer["response"].clone()
}

#[test]
fn a_config_map_of_a_family_is_admitted_when_its_documents_pass() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let ours = json!({ "setpoint.dev/settings": "app" });
    let good = json!({ "eu.yaml": "timeout_s: 5\ncount: 1\n", "README": "not a document" });
    let bad = json!({ "eu.yaml": "timeout_s: five\ncount: 1\n", "us.json": "{\"count\": 1}" });
    assert_eq!(ask(&server, config_map(&ours, &good), None)["allowed"], true);
    // Those of others are nobody's business here.
    assert_eq!(ask(&server, config_map(&json!({}), &bad), None)["allowed"], true);
    let refused = ask(&server, config_map(&ours, &bad), Some(config_map(&ours, &good)));
    assert_eq!(refused["allowed"], false);
    let message = refused["status"]["message"].as_str().unwrap();
    for part in ["eu.yaml: [type-mismatch]", "(line 1)", "expected", "us.json: [missing-key]"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(refused["status"]["code"], 422);
    let unknown = ask(&server, config_map(&json!({ "setpoint.dev/settings": "nobody" }), &good), None);
    assert_eq!(unknown["allowed"], false);
    assert!(unknown["status"]["message"].as_str().unwrap().contains("nobody"));
    // A ConfigMap that is removed has no documents any more.
    assert_eq!(ask(&server, Value::Null, Some(config_map(&ours, &good)))["allowed"], true);
}

#[test]
fn a_document_where_nobody_would_check_it_is_refused_and_one_that_changes_its_version_is_a_change() {
    let project = Project::sqlite();
    let rule =
        "rules:\n  - id: only-up\n    rule: self.count >= oldSelf.count\n    expected: a count that does not fall\n";
    project.write("rules/app.yaml", rule);
    crate::project::edit(&project, "migrations =", "rules = \"rules/app.yaml\"\nmigrations =");
    let server = Server::of(&project, &[]);
    let ours = json!({ "setpoint.dev/settings": "app" });
    let mut hidden = config_map(&ours, &json!({}));
    hidden["binaryData"] = json!({ "eu.yaml": "dGltZW91dF9zOiA1Cg==" });
    let refused = ask(&server, hidden, None);
    assert_eq!(refused["allowed"], false);
    assert!(refused["status"]["message"].as_str().unwrap().contains("binaryData"));
    let of = |count: u32| config_map(&ours, &json!({ "eu.yaml": format!("timeout_s: 5\ncount: {count}\n") }));
    assert_eq!(ask(&server, of(2), Some(of(1)))["allowed"], true);
    let refused = ask(&server, of(1), Some(of(2)));
    assert_eq!(refused["allowed"], false);
    assert!(refused["status"]["message"].as_str().unwrap().contains("oldSelf.count"), "{refused}");
}

#[test]
fn warnings_are_as_short_as_kubernetes_shows_them() {
    let project = Project::sqlite();
    let schema = std::fs::read_to_string(project.path().join("schemas/app/v1.json")).unwrap();
    let deprecated = "\"name\": { \"type\": \"string\", \"deprecated\": true }";
    project.write("schemas/app/v1.json", &schema.replace("\"name\": { \"type\": \"string\" }", deprecated));
    let server = Server::of(&project, &[]);
    let data: Value = (0..80)
        .map(|number| (format!("{}{number}.yaml", "ü".repeat(70)), json!("timeout_s: 5\ncount: 1\nname: x\n")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let answer = ask(&server, config_map(&json!({ "setpoint.dev/settings": "app" }), &data), None);
    assert_eq!(answer["allowed"], true, "{answer}");
    let warnings: Vec<&str> = answer["warnings"]
        .as_array()
        .map(|all| all.iter().map(|one| one.as_str().unwrap()).collect())
        .unwrap_or_default();
    assert!(warnings.iter().all(|warning| warning.len() <= 120), "{warnings:?}");
    assert!(warnings.iter().map(|warning| warning.len()).sum::<usize>() <= 4096);
}

#[test]
fn what_is_no_review_is_refused() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let post = |body: &Value| server.ask("POST", "/k8s/validate").json(body).send();
    post(&json!({})).problem(400, "request-malformed");
    post(&json!({ "apiVersion": "admission.k8s.io/v1beta1", "request": { "uid": "1" } }))
        .problem(400, "request-malformed");
}
