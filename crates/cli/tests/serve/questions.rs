//! Asking without changing anything.

use serde_json::{Value, json};

use crate::project::{APPLY, Project};
use crate::published;
use crate::server::Server;

#[test]
fn a_check_says_what_the_command_line_says() {
    let project = Project::files();
    let server = Server::of(&project, &[]);
    for (name, kind, text) in [
        ("a.json", "application/json", "{\"timeout_s\": \"5\", \"cuont\": 1}"),
        ("a.json", "application/json", "{\"timeout_s\": 5, \"count\": 1}"),
        ("a.yaml", "application/yaml", "timeout_s: [\n"),
        ("a.toml", "application/toml", "timeout_s = 5\ncount = 1.5\n"),
        ("a.jsonc", "application/jsonc", "{ /* c */ \"timeout_s\": 0, \"count\": 1 }"),
    ] {
        let file = format!("config/{name}");
        project.write(&file, text);
        let run = project.run(&["check", &file, "--format", "json"]);
        let wanted: Value = serde_json::from_str(&run.stdout).unwrap();
        let answer =
            server.ask("POST", &format!("/v1/settings/app/check?file={file}")).body(kind, text).send().expect(200);
        let mut report = answer.json();
        assert_eq!(answer.header("setpoint-bundle"), wanted["bundle"]);
        // Which parts of the text hold secrets is for whoever shows it.
        report.as_object_mut().unwrap().remove("hidden");
        match wanted["reports"].as_array().unwrap().first() {
            Some(wanted) => assert_eq!(report, *wanted),
            None => assert_eq!((&report["verdict"], &report["findings"]), (&json!("pass"), &json!([]))),
        }
        std::fs::remove_file(project.path().join(&file)).unwrap();
    }
}

#[test]
fn a_check_with_a_key_is_about_the_change() {
    let project = Project::sqlite();
    let rule =
        "rules:\n  - id: only-up\n    rule: self.count >= oldSelf.count\n    expected: a count that does not fall\n";
    project.write("rules/app.yaml", rule);
    crate::project::edit(&project, "migrations =", "rules = \"rules/app.yaml\"\nmigrations =");
    project.put("a", r#"{"timeout_s": 5, "count": 7}"#, 1);
    let server = Server::of(&project, &[]);
    let check = |path: &str, count: u32| {
        let body = json!({ "timeout_s": 5, "count": count });
        server.ask("POST", path).json(&body).send().expect(200).json()["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(check("/v1/settings/app/check?version=1", 6), "pass");
    assert_eq!(check("/v1/settings/app/check?key=a", 6), "fail");
    assert_eq!(check("/v1/settings/app/check?key=a", 8), "pass");
    server.ask("POST", "/v1/settings/app/check?key=b").json(&json!({})).send().problem(404, "nothing-there");
    // And it is what decides when the document is written.
    let seen = server.get("/v1/settings/app/documents/a").expect(200);
    let put = server.ask("PUT", "/v1/settings/app/documents/a").if_match(seen.etag());
    let refused = put.json(&json!({ "timeout_s": 5, "count": 6 })).send().expect(422);
    assert!(refused.body.contains("only-up"), "{refused:#?}");
}

#[test]
fn a_document_is_converted_there_and_back() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let convert = |from: u32, to: u32| server.ask("POST", &format!("/v1/settings/app/convert?from={from}&to={to}"));
    let text = "# old\ntimeout_s: 5  # patience\nlegacy: 1.50\ncount: 1\n";
    let up = convert(1, 2).body("application/yaml", text).send().expect(200).json();
    assert_eq!(up["document"], "# old\ntimeout_ms: 5000  # patience\ncount: 1\n");
    assert_eq!(up["losses"], json!(["/legacy"]));
    let back = json!({ "document": up["document"], "format": "yaml", "complement": up["complement"] });
    let down = convert(2, 1).body("application/vnd.setpoint.document+json", back.to_string()).send().expect(200).json();
    assert_eq!(down["document"], text);
    convert(1, 2).body("application/yaml", "timeout_s: [").send().expect(422);
    convert(1, 9).body("application/yaml", text).send().problem(404, "nothing-there");
    let nowhere = server.ask("POST", "/v1/settings/app/convert?from=1").body("application/yaml", text).send();
    assert!(nowhere.problem(400, "request-malformed").body.contains("`to`"));
}

#[test]
fn schemas_are_compared_and_migrations_are_gated() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let edition = |version: u32| json!({ "settings": "app", "version": version });
    let compared = server.ask("POST", "/v1/compare").json(&json!({ "old": edition(1), "new": edition(2) })).send();
    assert_eq!(compared.expect(200).json()["any"]["backward"]["relation"], "breaking");
    server.ask("POST", "/v1/compare").json(&json!({ "old": edition(1), "new": edition(7) })).send().expect(404);
    let list = server.get("/v1/migrations").expect(200).json();
    assert_eq!(list["migrations"][0]["id"], "0002-timeout-in-milliseconds");
    assert_eq!(list["migrations"][0]["about"]["owner"], "team-edge");
    let call = json!({ "settings": "app", "migration": list["migrations"][0]["file"], "documents": [] });
    let gated = server.ask("POST", "/v1/migrations/gate").json(&call).send().expect(200).json();
    assert_eq!(gated["report"]["verdict"], "pass", "{gated}");
    assert!(gated["generated"].as_u64().unwrap() > 0, "{gated}");
    let call = json!({ "settings": "app", "migration": "nobody.yaml", "documents": [] });
    server.ask("POST", "/v1/migrations/gate").json(&call).send().problem(404, "nothing-there");
}

#[test]
fn the_status_of_a_migration_is_that_of_the_command_line() {
    for project in Project::all() {
        project.put("a.json", r#"{"timeout_s": 1, "count": 1}"#, 1);
        let server = Server::of(&project, &[]);
        for _ in 0..2 {
            let status = server.get("/v1/migrations/0002-timeout-in-milliseconds/status").expect(200).json();
            published::accept(include_str!("../../../../schemas/status.json"), &json!([status]));
            assert_eq!(status, project.status());
            project.run(&APPLY).expect_code(0);
        }
        server.get("/v1/migrations/0007-nobody/status").problem(404, "nothing-there");
    }
}

#[test]
fn what_is_served_is_described() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let served: Value = serde_json::from_str(include_str!("../../../../schemas/openapi.json")).unwrap();
    assert_eq!(server.ask("GET", "/v1/openapi.json").nobody().send().expect(200).json(), served);
    let families = server.get("/v1/settings").expect(200).json();
    assert_eq!(families["settings"][0]["versions"], json!([1, 2]));
    assert_eq!(families["settings"][0]["readers"], json!({ "api": [1, 2] }));
}
