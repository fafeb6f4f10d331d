//! Reading and writing documents, in front of every kind of store.

use serde_json::{Value, json};

use crate::project::{APPLY, Project, ROLLBACK, Where};
use crate::server::{Answer, Server};

const ONE: &str = r#"{"timeout_s": 5, "legacy": {"x": [1, null]}, "count": 1}"#;

/// The path of a document.
fn at(key: &str) -> String {
    format!("/v1/settings/app/documents/{key}")
}

/// A project with one document, and its key.
fn with_one(project: &Project) -> String {
    project.put("one.json", ONE, 1);
    // A key of files is a path; its slashes are part of the key.
    match project.place {
        Where::Files => at("config%2Fone.json"),
        _ => at("one.json"),
    }
}

fn value(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn a_reader_gets_the_version_it_asks_for_whatever_is_stored() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        let read = |version: &str| server.get(&format!("{one}{version}")).expect(200);
        for _ in 0..2 {
            let (old, new) = (read("?version=1"), read("?version=2"));
            assert_eq!(
                value(&old),
                json!({ "timeout_s": 5, "legacy": { "x": [1, null] }, "count": 1 }),
                "{}",
                project.name()
            );
            assert_eq!(value(&new), json!({ "timeout_ms": 5000, "count": 1 }), "{}", project.name());
            assert_eq!((old.header("setpoint-version"), new.header("setpoint-version")), ("1", "2"));
            assert_ne!(old.etag(), new.etag());
            // Now the same from the other side.
            project.run(&APPLY).expect_code(0);
        }
        assert_eq!(read("").header("setpoint-stored-version"), "2");
        project.run(&ROLLBACK).expect_code(0);
        assert_eq!(value(&read("")), value(&read("?version=1")));
        server.get(&format!("{one}?version=7")).problem(404, "nothing-there");
        server.get(&at("two.json")).problem(404, "nothing-there");
    }
}

#[test]
fn a_writer_at_another_version_changes_what_it_can_see_and_nothing_else() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        let write = |version: u32, body: &Value| {
            let tag = server.get(&format!("{one}?version={version}")).expect(200).etag().to_owned();
            let asking = server.ask("PUT", &format!("{one}?version={version}")).if_match(&tag);
            asking.json(body).send().expect(200)
        };
        // Stored at 1, written at 2: `legacy`, which version 2 has no place for, is still there.
        write(2, &json!({ "timeout_ms": 9000, "count": 2, "region": "eu" }));
        let old = value(&server.get(&format!("{one}?version=1")).expect(200));
        assert_eq!(old, json!({ "timeout_s": 9, "legacy": { "x": [1, null] }, "count": 2 }), "{}", project.name());
        // And `region`, which version 1 has no place for, is kept beside it.
        let new = value(&server.get(&format!("{one}?version=2")).expect(200));
        assert_eq!(new, json!({ "timeout_ms": 9000, "count": 2, "region": "eu" }), "{}", project.name());
        // Stored at 2, written at 1.
        project.run(&APPLY).expect_code(0);
        write(1, &json!({ "timeout_s": 3, "legacy": { "x": [1, null] }, "count": 4 }));
        let new = value(&server.get(&format!("{one}?version=2")).expect(200));
        assert_eq!(new, json!({ "timeout_ms": 3000, "count": 4, "region": "eu" }), "{}", project.name());
        project.run(&ROLLBACK).expect_code(0);
        let old = value(&server.get(&one).expect(200));
        assert_eq!(old, json!({ "timeout_s": 3, "legacy": { "x": [1, null] }, "count": 4 }), "{}", project.name());
    }
}

#[test]
fn comments_and_layout_of_a_file_stay_when_it_is_written_at_another_version() {
    let project = Project::files();
    project.put("a.yaml", "# the gateway\ntimeout_s: 5   # patience\ncount: 1\n", 1);
    let server = Server::of(&project, &[]);
    let seen = server.get(&format!("{}?version=2", at("config%2Fa.yaml"))).expect(200);
    assert_eq!(seen.header("content-type"), "application/yaml");
    assert_eq!(seen.body, "# the gateway\ntimeout_ms: 5000   # patience\ncount: 1\n");
    let text = seen.body.replace("5000", "7000");
    let asking = server.ask("PUT", &format!("{}?version=2", at("config%2Fa.yaml"))).if_match(seen.etag());
    asking.body("application/yaml", text).send().expect(200);
    let file = std::fs::read_to_string(project.path().join("config/a.yaml")).unwrap();
    assert_eq!(file, "# the gateway\ntimeout_s: 7   # patience\ncount: 1\n");
}

#[test]
fn what_does_not_pass_is_refused_with_the_findings_of_the_checker() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        let tag = server.get(&one).expect(200).etag().to_owned();
        let before = project.documents();
        let wrong = r#"{"timeout_s": "5", "count": 1}"#;
        let refused = server.ask("PUT", &one).if_match(&tag).body("application/json", wrong).send().expect(422);
        assert_eq!(refused.header("content-type"), "application/problem+json");
        let checked = server.ask("POST", "/v1/settings/app/check?file=x.json").body("application/json", wrong).send();
        assert_eq!(refused.json()["findings"], checked.expect(200).json()["findings"]);
        assert_eq!(refused.json()["findings"][0]["code"], "type-mismatch");
        assert_eq!(refused.json()["findings"][0]["retry"]["when"], "after-edit");
        // Valid as it is written, but not as version 2, which a running service reads, has it.
        let wrong = r#"{"timeout_s": 0, "count": 1}"#;
        server.ask("PUT", &one).if_match(&tag).body("application/json", wrong).send().expect(422);
        assert_eq!(project.documents(), before, "{}", project.name());
    }
}

#[test]
fn two_writers_do_not_undo_each_other() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        let base = server.get(&one).expect(200);
        let put = |tag: &str, body: &Value| server.ask("PUT", &one).if_match(tag).json(body).send();
        let first = put(base.etag(), &json!({ "timeout_s": 6, "legacy": { "x": [1, null] }, "count": 1 })).expect(200);
        let yours = json!({ "timeout_s": 5, "legacy": { "x": [1, null] }, "count": 2 });
        let late = put(base.etag(), &yours).problem(412, "base-moved");
        let problem = late.json();
        assert_eq!(problem["findings"][0]["retry"]["when"], "after-refresh");
        let comparison = &problem["comparison"];
        assert_eq!(comparison["changes"]["theirs"], json!(["/timeout_s"]), "{}", project.name());
        assert_eq!(comparison["changes"]["yours"], json!(["/count"]));
        assert_eq!(comparison["changes"]["conflicts"], json!([]));
        assert_eq!(serde_json::from_str::<Value>(comparison["base"].as_str().unwrap()).unwrap(), value(&base));
        assert_eq!(comparison["etag"], first.etag());
        // What both want can be sent as it came.
        let merged: Value = serde_json::from_str(comparison["changes"]["merged"].as_str().unwrap()).unwrap();
        put(comparison["etag"].as_str().unwrap(), &merged).expect(200);
        let now = value(&server.get(&one).expect(200));
        assert_eq!(now, json!({ "timeout_s": 6, "legacy": { "x": [1, null] }, "count": 2 }), "{}", project.name());
    }
}

#[test]
fn many_writers_at_once_lose_nothing() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        let (writers, each) = (4, 5);
        std::thread::scope(|scope| {
            for _ in 0..writers {
                scope.spawn(|| {
                    let mut done = 0;
                    while done < each {
                        let seen = server.get(&one).expect(200);
                        let mut document = value(&seen);
                        document["count"] = json!(document["count"].as_i64().unwrap() + 1);
                        let answer = server.ask("PUT", &one).if_match(seen.etag()).json(&document).send();
                        match answer.status {
                            200 => done += 1,
                            // Somebody was faster, or all the time.
                            412 | 503 => {}
                            _ => panic!("{answer:#?}"),
                        }
                    }
                });
            }
        });
        let now = value(&server.get(&one).expect(200));
        assert_eq!(now["count"], 1 + writers * each, "{}", project.name());
        let history = server.get(&format!("{one}/history")).expect(200).json();
        assert_eq!(history["entries"].as_array().unwrap().len(), usize::try_from(writers * each).unwrap());
    }
}

#[test]
fn a_change_says_what_it_changes() {
    let project = Project::sqlite();
    let one = with_one(&project);
    let server = Server::of(&project, &[]);
    let body: Value = serde_json::from_str(ONE).unwrap();
    server.ask("PUT", &one).json(&body).send().problem(428, "base-missing");
    server.ask("PUT", &one).header("if-none-match", "*").json(&body).send().problem(412, "already-there");
    server.ask("PUT", &at("two.json")).if_match("\"a.1\"").json(&body).send().problem(412, "base-moved");
    server.ask("PUT", &one).if_match("nonsense").json(&body).send().problem(400, "request-malformed");
    server.ask("DELETE", &one).send().problem(428, "base-missing");
    server.ask("DELETE", &one).if_match("\"a.1\"").send().problem(412, "base-moved");
    server.ask("PUT", &one).if_match("*").json(&body).send().expect(200);
}

#[test]
fn documents_are_made_listed_removed_and_brought_back() {
    for project in Project::all() {
        with_one(&project);
        let server = Server::of(&project, &[]);
        let (key, path) = match project.place {
            Where::Files => ("config/new.json", at("config%2Fnew.json")),
            _ => ("new.json", at("new.json")),
        };
        let body = json!({ "timeout_ms": 7000, "count": 1 });
        let made =
            server.ask("PUT", &format!("{path}?version=2")).header("if-none-match", "*").json(&body).send().expect(201);
        let seen = server.get(&format!("{path}?version=2")).expect(200);
        assert_eq!((seen.etag(), value(&seen)), (made.etag(), body.clone()), "{}", project.name());
        // It is stored at the version that documents have now.
        assert_eq!(seen.header("setpoint-stored-version"), "1");
        let list = server.get("/v1/settings/app/documents?search=NEW").expect(200).json();
        assert_eq!(list, json!({ "documents": [{ "key": key, "version": 1 }] }), "{}", project.name());
        let list = server.get("/v1/settings/app/documents?limit=1").expect(200).json();
        let next = list["next"].as_str().unwrap().replace('/', "%2F");
        let rest = server.get(&format!("/v1/settings/app/documents?limit=1&after={next}")).expect(200).json();
        assert_ne!(list["documents"], rest["documents"]);
        assert!(rest.get("next").is_none(), "{rest}");
        server.ask("DELETE", &path).if_match(seen.etag()).send().expect(204);
        server.get(&path).problem(404, "nothing-there");
        let history = server.get(&format!("{path}/history")).expect(200).json();
        let steps: Vec<_> =
            history["entries"].as_array().unwrap().iter().map(|one| (one["from"].clone(), one["to"].clone())).collect();
        assert_eq!(steps, [(json!(1), json!(0)), (json!(0), json!(1))], "{}", project.name());
        let entry = &history["entries"][0]["id"];
        let was = server.get(&format!("{path}/history/{entry}")).expect(200);
        assert_eq!(value(&was), json!({ "timeout_s": 7, "count": 1 }));
        server.ask("POST", &format!("{path}/restore")).json(&json!({ "entry": entry })).send().expect(201);
        assert_eq!(value(&server.get(&format!("{path}?version=2")).expect(200)), body);
        server.get(&format!("{path}/history/999999")).problem(404, "nothing-there");
    }
}

#[test]
fn a_document_goes_back_to_what_it_was_before_a_migration() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        project.run(&APPLY).expect_code(0);
        let tag = server.get(&one).expect(200).etag().to_owned();
        server.ask("PUT", &one).if_match(&tag).json(&json!({ "timeout_ms": 1000, "count": 8 })).send().expect(200);
        let history = server.get(&format!("{one}/history")).expect(200).json();
        let by: Vec<&str> =
            history["entries"].as_array().unwrap().iter().map(|one| one["by"].as_str().unwrap()).collect();
        assert_eq!(by.len(), 2);
        assert!(by[0].starts_with("whoever started"), "{by:?}");
        assert!(by[1].starts_with("tester@"), "{by:?}");
        let tag = server.get(&one).expect(200).etag().to_owned();
        let body = json!({ "entry": history["entries"][1]["id"] });
        server.ask("POST", &format!("{one}/restore")).if_match(&tag).json(&body).send().expect(200);
        assert_eq!(
            value(&server.get(&format!("{one}?version=1")).expect(200)),
            serde_json::from_str::<Value>(ONE).unwrap()
        );
        assert_eq!(server.get(&one).expect(200).header("setpoint-stored-version"), "2");
    }
}

#[test]
fn a_new_file_stays_inside_of_what_the_project_governs() {
    let project = Project::files();
    with_one(&project);
    std::os::unix::fs::symlink("/tmp", project.path().join("config/out")).unwrap();
    let server = Server::of(&project, &[]);
    for key in [
        "..%2Fa.json",
        "%2Fetc%2Fa.json",
        "config%2F..%2F..%2Fa.json",
        "other%2Fa.json",
        "setpoint.toml",
        ".setpoint%2Fa.json",
        "config%2Fout%2Fa.json",
        "config%5Ca.json",
    ] {
        let answer = server
            .ask("PUT", &at(key))
            .header("if-none-match", "*")
            .json(&json!({ "timeout_s": 1, "count": 1 }))
            .send();
        assert!(matches!(answer.status, 409 | 415), "{key}: {answer:#?}");
    }
    let body = json!({ "timeout_s": 1, "count": 1 });
    server.ask("PUT", &at("config%2Fb.json")).json(&body).send().expect(201);
    server.ask("PUT", &at("config%2Fb.yaml")).json(&body).send().problem(415, "media-type-wrong");
}

#[test]
fn a_document_that_is_known_is_not_sent_again() {
    let project = Project::sqlite();
    let one = with_one(&project);
    let server = Server::of(&project, &[]);
    let seen = server.get(&one).expect(200);
    assert_eq!(seen.header("cache-control"), "private, no-cache");
    assert_eq!(server.ask("GET", &one).header("if-none-match", seen.etag()).send().expect(304).etag(), seen.etag());
    server.ask("GET", &format!("{one}?version=2")).header("if-none-match", seen.etag()).send().expect(200);
    project.put("one.json", r#"{"timeout_s": 6, "count": 1}"#, 1);
    server.ask("GET", &one).header("if-none-match", seen.etag()).send().expect(200);
}

#[test]
fn a_store_that_refuses_a_document_says_so() {
    let project = Project::sqlite();
    let one = with_one(&project);
    project.sql("CREATE TRIGGER no BEFORE UPDATE ON settings BEGIN SELECT RAISE(ABORT, 'not on Fridays'); END");
    let server = Server::of(&project, &[]);
    let seen = server.get(&one).expect(200);
    let refused = server.ask("PUT", &one).if_match(seen.etag()).json(&json!({ "timeout_s": 1, "count": 1 })).send();
    let refused = refused.problem(409, "store-refused");
    assert!(refused.body.contains("not on Fridays"), "{refused:#?}");
}

#[test]
fn two_writers_of_what_only_their_version_has_do_not_undo_each_other() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        // Stored at version 1, which has no place for `region`: the stored text does not change.
        let seen = server.get(&format!("{one}?version=2")).expect(200);
        let put = |region: &str| {
            let body = json!({ "timeout_ms": 5000, "count": 1, "region": region });
            server.ask("PUT", &format!("{one}?version=2")).if_match(seen.etag()).json(&body).send()
        };
        put("eu").expect(200);
        put("us").problem(412, "base-moved");
        let known = server.ask("GET", &format!("{one}?version=2")).header("if-none-match", seen.etag()).send();
        assert_eq!(value(&known.expect(200))["region"], "eu", "{}", project.name());
        // What changes nothing makes no entry.
        let seen = server.get(&one).expect(200);
        let same = server.ask("PUT", &one).if_match(seen.etag()).body("application/json", seen.body.clone()).send();
        assert_eq!(same.expect(200).etag(), seen.etag());
        let history = server.get(&format!("{one}/history")).expect(200).json();
        assert_eq!(history["entries"].as_array().unwrap().len(), 1, "{history}");
    }
}

#[test]
fn what_is_restored_has_what_was_kept_for_it() {
    for project in Project::all() {
        let one = with_one(&project);
        project.run(&APPLY).expect_code(0);
        let server = Server::of(&project, &[]);
        let seen = server.get(&one).expect(200);
        server.ask("DELETE", &one).if_match(seen.etag()).send().expect(204);
        let history = server.get(&format!("{one}/history?limit=1")).expect(200).json();
        assert!(history["next"].is_number(), "{history}");
        let body = json!({ "entry": history["entries"][0]["id"] });
        server.ask("POST", &format!("{one}/restore")).json(&body).send().expect(201);
        let old = value(&server.get(&format!("{one}?version=1")).expect(200));
        assert_eq!(old, serde_json::from_str::<Value>(ONE).unwrap(), "{}", project.name());
    }
}

#[test]
fn a_key_is_the_same_however_it_is_spelled() {
    let database = crate::postgres::Server::shared();
    let uuid = "0b0e8a7e-5f0c-4d29-9d0a-0f1f5a6f0001";
    for (project, kind, key, other) in [
        (Project::sqlite(), "INTEGER", "7", "007"),
        (Project::postgres(&database, "jsonb"), "integer", "7", "007"),
        (Project::postgres(&database, "jsonb"), "uuid", uuid, "0B0E8A7E-5F0C-4D29-9D0A-0F1F5A6F0001"),
    ] {
        let document = if project.name() == "sqlite" { "TEXT" } else { "jsonb" };
        project.sql(&format!(
            "DROP TABLE settings; CREATE TABLE settings (id {kind} PRIMARY KEY, doc {document} NOT NULL, version int NOT NULL)"
        ));
        let server = Server::of(&project, &[]);
        let body = |region: &str| json!({ "timeout_ms": 5000, "count": 1, "region": region });
        let path = |key: &str| format!("{}?version=2", at(key));
        server.ask("PUT", &path(other)).json(&body("eu")).send().expect(201);
        let seen = server.get(&path(key)).expect(200);
        assert_eq!(value(&seen), body("eu"), "{kind}");
        server.ask("PUT", &path(other)).if_match(seen.etag()).json(&body("us")).send().expect(200);
        for spelled in [key, other] {
            assert_eq!(value(&server.get(&path(spelled)).expect(200)), body("us"), "{kind}");
            let history = server.get(&format!("{}/history", at(spelled))).expect(200).json();
            assert_eq!(history["entries"].as_array().unwrap().len(), 2, "{kind}");
        }
        let list = server.get("/v1/settings/app/documents").expect(200).json();
        assert_eq!(list["documents"], json!([{ "key": key, "version": 1 }]));
        server.get(&at("no-such-value")).problem(404, "nothing-there");
    }
}

#[test]
fn a_rule_about_changes_is_asked_whatever_version_is_written() {
    let project = Project::sqlite();
    let rule =
        "rules:\n  - id: only-up\n    rule: self.count >= oldSelf.count\n    expected: a count that does not fall\n";
    project.write("rules/app.yaml", rule);
    crate::project::edit(&project, "migrations =", "rules = \"rules/app.yaml\"\nmigrations =");
    let one = with_one(&project);
    let server = Server::of(&project, &[]);
    for version in [1, 2] {
        let path = format!("{one}?version={version}");
        let seen = server.get(&path).expect(200);
        let mut body = value(&seen);
        body["count"] = json!(0);
        let refused = server.ask("PUT", &path).if_match(seen.etag()).json(&body).send().expect(422);
        assert!(refused.body.contains("only-up"), "{refused:#?}");
    }
}

#[test]
fn what_is_wrong_at_another_version_points_to_no_place_in_what_was_sent() {
    let project = Project::sqlite();
    let schema = std::fs::read_to_string(project.path().join("schemas/app/v1.json")).unwrap();
    let rule = r#""x-kubernetes-validations": [{ "rule": "self.timeout_s >= oldSelf.timeout_s" }],"#;
    project.write("schemas/app/v1.json", &schema.replace("\"required\":", &format!("{rule} \"required\":")));
    let one = with_one(&project);
    let server = Server::of(&project, &[]);
    // Stored at version 1, written at 2.
    let path = format!("{one}?version=2");
    let seen = server.get(&path).expect(200);
    let body = json!({ "timeout_ms": 1000, "count": 1 });
    let refused = server.ask("PUT", &path).if_match(seen.etag()).json(&body).send().expect(422).json();
    let finding = &refused["findings"][0];
    assert!(finding["message"].as_str().unwrap().starts_with("at version 1: "), "{refused}");
    assert!(finding.get("span").is_none() && finding.get("fix").is_none(), "{refused}");
    // What is wrong in what was sent is found there.
    let body = json!({ "timeout_ms": "soon", "count": 1 });
    let refused = server.ask("PUT", &path).if_match(seen.etag()).json(&body).send().expect(422).json();
    assert!(refused["findings"][0]["span"].is_object(), "{refused}");
}

#[test]
fn a_document_is_of_the_version_that_it_declares() {
    for project in Project::all() {
        crate::project::edit(&project, "current = 1", "version_at = \"/v\"");
        let schema = |name: &str| {
            format!(
                r#"{{ "type": "object", "properties": {{ "v": {{}}, "{name}": {{ "type": "integer" }} }}, "required": ["{name}"] }}"#
            )
        };
        project.write("schemas/app/v1.json", &schema("timeout_s"));
        project.write("schemas/app/v2.json", &schema("timeout_ms"));
        project.put("one.json", r#"{"v": 1, "timeout_s": 5}"#, 1);
        let one = at(if matches!(project.place, Where::Files) { "config%2Fone.json" } else { "one.json" });
        let server = Server::of(&project, &[]);
        let seen = server.get(&one).expect(200);
        let put = |path: &str, body: &Value| server.ask("PUT", path).if_match(seen.etag()).json(body).send();
        let new = json!({ "v": 2, "timeout_ms": 7000 });
        put(&format!("{one}?version=1"), &new).problem(422, "version-differs");
        put(&one, &new).expect(200);
        let now = value(&server.get(&one).expect(200));
        assert_eq!(now, json!({ "v": 1, "timeout_s": 7 }), "{}", project.name());
    }
}

#[test]
fn a_link_is_not_removed_in_place_of_what_it_leads_to() {
    let project = Project::files();
    project.write("elsewhere.json", ONE);
    std::os::unix::fs::symlink("../elsewhere.json", project.path().join("config/link.json")).unwrap();
    let server = Server::of(&project, &[]);
    let link = at("config%2Flink.json");
    let seen = server.get(&link).expect(200);
    server.ask("DELETE", &link).if_match(seen.etag()).send().problem(409, "store-refused");
    server.get(&link).expect(200);
    let history = server.get(&format!("{link}/history")).expect(200).json();
    assert_eq!(history["entries"], json!([]));
}

#[test]
fn a_preview_says_what_everybody_would_see_and_writes_nothing() {
    for project in Project::all() {
        let one = with_one(&project);
        let server = Server::of(&project, &[]);
        let before = server.get(&one).expect(200);
        let preview = |version: u32, body: &Value| {
            server.ask("POST", &format!("{one}/preview?version={version}")).json(body).send()
        };
        let (name, legacy) = (project.name(), json!({ "x": [1, null] }));
        // Written at 2, stored at 1, read at both.
        let seen = preview(2, &json!({ "timeout_ms": 9000, "count": 1, "region": "eu" })).expect(200).json();
        assert_eq!(
            (&seen["version"], &seen["stored"], &seen["report"]["verdict"]),
            (&json!(2), &json!(1), &json!("pass")),
            "{name}"
        );
        let views = seen["views"].as_array().unwrap();
        let texts = |name: &str| -> Vec<Value> {
            views.iter().map(|view| serde_json::from_str(view[name].as_str().unwrap()).unwrap()).collect()
        };
        assert_eq!(
            texts("before"),
            [json!({ "timeout_s": 5, "legacy": legacy, "count": 1 }), json!({ "timeout_ms": 5000, "count": 1 })],
            "{name}"
        );
        assert_eq!(
            texts("after"),
            [
                json!({ "timeout_s": 9, "legacy": legacy, "count": 1 }),
                json!({ "timeout_ms": 9000, "count": 1, "region": "eu" })
            ],
            "{name}"
        );
        assert!(views.iter().all(|view| view["readers"] == json!(["api"])), "{name}");
        // What the gate would refuse it refuses here, with the same findings.
        let wrong = json!({ "timeout_ms": 9001, "count": 1 });
        let refused = preview(2, &wrong).expect(422);
        let put =
            server.ask("PUT", &format!("{one}?version=2")).if_match(before.etag()).json(&wrong).send().expect(422);
        assert_eq!(refused.json()["findings"], put.json()["findings"], "{name}");
        // Whoever says what it is based on hears when that has moved.
        let moved = server
            .ask("POST", &format!("{one}/preview"))
            .if_match("\"other\"")
            .json(&json!({ "timeout_s": 5, "count": 1 }));
        moved.send().problem(412, "base-moved");
        assert_eq!(server.get(&one).expect(200).body, before.body, "{name}");
        let history = server.get(&format!("{one}/history")).expect(200).json();
        assert_eq!(history["entries"], json!([]), "{name}");
        // A new one was nothing before.
        let new = one.replace("one.json", "new.json");
        let seen = server.ask("POST", &format!("{new}/preview")).json(&json!({ "timeout_s": 5, "count": 1 })).send();
        let seen = seen.expect(200).json();
        assert!(seen["views"].as_array().unwrap().iter().all(|view| view.get("before").is_none()), "{name}");
        server.get(&new).problem(404, "nothing-there");
    }
}
