//! Rules in a project: when documents are checked, when they change, and by themselves.

use crate::folder::Folder;

const RULES: &str = "\
rules:
  - id: port-not-privileged
    rule: self.port > 1023
    message: the port is privileged
    expected: a port from 1024
    fieldPath: .port
    owner: team-edge
    cases:
      - { self: { port: 80 }, expect: fail }
      - { self: { port: 8080 }, expect: pass }
  - id: level-stays
    rule: self.?level == oldSelf.?level
    expected: the level as it was
    cases:
      - { self: { level: info }, oldSelf: { level: info }, expect: pass }
";

fn project(rules: &str, documents: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(documents);
    folder.write("setpoint.toml", format!("{}rules = \"rules/app.yaml\"\n", crate::folder::PROJECT));
    folder.write("rules/app.yaml", rules);
    folder
}

fn committed(folder: &Folder) {
    folder.git(&["init", "--quiet", "--initial-branch", "main"]);
    folder.git(&["add", "."]);
    folder.git(&["commit", "--quiet", "--message", "first"]);
}

#[test]
fn a_violation_is_told_with_its_place_owner_and_rule() {
    let run = project(RULES, &[("config/a.yaml", "# ours\nport: 80\n")]).run(&["check"]).expect_code(1);
    assert_eq!(
        run.stdout,
        "\
error[rule-failed]: the port is privileged
  --> config/a.yaml:2:7
   |
 2 | port: 80
   |       ^^ expected a port from 1024
   = help: rule `port-not-privileged`
   = retry: after an edit; sending it again unchanged gives the same answer
   = rule: rules/app.yaml#/rules/0
   = owner: team-edge

1 document checked: 1 error
"
    );
}

#[test]
fn lines_are_asked_too() {
    let folder = project(RULES, &[("config/a.ndjson", "{\"port\":8080}\n{\"port\":80}\n")]);
    let run = folder.run(&["check", "--format", "json"]).expect_code(1);
    assert_eq!(run.json()["reports"][0]["file"], "config/a.ndjson:2");
    let run = folder.run(&["check", "--old", "config/a.ndjson", "config/a.ndjson"]).expect_code(2);
    assert!(run.stderr.contains("has a document on each line"), "{run:?}");
}

#[test]
fn a_change_since_a_revision_is_asked_about_and_old_faults_are_debt() {
    let documents = [
        ("config/a.json", r#"{"port":80,"level":"info"}"#),
        ("config/b.json", r#"{"port":80}"#),
        ("config/c.json", "{"),
    ];
    let folder = project(RULES, &documents);
    committed(&folder);
    folder.write("config/a.json", r#"{"port":80,"level":"debug"}"#);
    folder.write("config/c.json", r#"{"port":80}"#);
    folder.write("config/new.json", r#"{"port":80}"#);
    let run = folder.run(&["check", "--against", "HEAD", "--format", "json"]).expect_code(1);
    let report = run.json();
    let found: Vec<(&str, Vec<(&str, &str)>)> = report["reports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let findings = one["findings"].as_array().unwrap().iter();
            (
                one["file"].as_str().unwrap(),
                findings
                    .map(|finding| (finding["code"].as_str().unwrap(), finding["severity"].as_str().unwrap()))
                    .collect(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            // The document as a whole is what the rule is about, and it changed.
            ("config/a.json", vec![("rule-failed", "error"), ("rule-failed", "error")]),
            ("config/b.json", vec![("rule-failed", "debt")]),
            ("config/c.json", vec![("unreadable-before", "warning"), ("rule-failed", "error")]),
            ("config/new.json", vec![("rule-failed", "error")]),
        ]
    );
    assert_eq!(report["summary"]["debt"], 1);
    let run = folder.run(&["check", "--against", "HEAD", "config/b.json"]).expect_code(0);
    assert!(run.stdout.starts_with("debt[rule-failed]: the port is privileged\n"), "{run:?}");
    assert!(run.stdout.ends_with("1 document checked: 1 old fault left alone\n"), "{run:?}");
    folder.run(&["check", "--against", "HEAD", "--no-ratchet", "config/b.json"]).expect_code(1);
    let run = folder.run(&["check", "--against", "nowhere"]).expect_code(2);
    assert!(run.stderr.contains("git does not know the revision `nowhere`"), "{run:?}");
}

#[test]
fn what_one_document_was_can_be_a_file() {
    let folder = project(RULES, &[("config/a.json", r#"{"port":8080,"level":"debug"}"#)]);
    folder.write("old.yaml", "port: 8080\nlevel: info\n");
    let run = folder.run(&["check", "--old", "old.yaml", "config/a.json", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["rule-failed"]);
    folder.write("config/b.json", r#"{"port":8080}"#);
    let run = folder.run(&["check", "--old", "old.yaml", "config"]).expect_code(2);
    assert!(run.stderr.contains("name just one document"), "{run:?}");
    let run = folder.run(&["check", "--old", "nothing.yaml", "config/a.json"]).expect_code(2);
    assert!(run.stderr.contains("nothing.yaml"), "{run:?}");
}

#[test]
fn a_rule_that_is_wrong_fails_the_run_and_is_found_in_its_file() {
    let wrong = RULES.replace("self.port >", "self.prot >");
    let run = project(&wrong, &[("config/a.json", r#"{"port":8080}"#)]).run(&["check"]).expect_code(1);
    assert!(
        run.stdout.starts_with(
            "\
error[invalid-rule]: the schema names no field `prot` here
  --> rules/app.yaml:3:16
   |
 3 |     rule: self.prot > 1023
   |                ^^^^ expected a field that the schema names: `level`, `port` and `tls`
   = help: did you mean `port`?
"
        ),
        "{}",
        run.stdout
    );
}

#[test]
fn a_rule_file_that_is_not_there_is_a_fault_of_the_project() {
    let folder = project(RULES, &[]);
    std::fs::remove_file(folder.file("rules/app.yaml")).unwrap();
    let run = folder.run(&["check", "--format", "json"]).expect_code(2);
    assert_eq!(run.codes(), ["project-file-invalid"]);
}

#[test]
fn rules_are_tried_on_their_cases() {
    let folder = project(RULES, &[]);
    let run = folder.run(&["rules", "test"]).expect_code(0);
    assert!(run.stderr.contains("3 of 3 cases came out as they say; 1 of 2 rules have a case that fails"), "{run:?}");
    assert!(
        run.stdout
            .starts_with("warning[rule-without-failing-case]: no example shows what the rule `level-stays` stops"),
        "{run:?}"
    );
    folder.write("rules/app.yaml", RULES.replace("port: 80 }, expect: fail", "port: 80 }, expect: pass"));
    let run = folder.run(&["rules", "test", "--format", "json"]).expect_code(1);
    assert_eq!(run.codes(), ["rule-without-failing-case", "rule-case-failed", "rule-without-failing-case"]);
}
