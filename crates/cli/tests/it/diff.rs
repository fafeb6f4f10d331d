//! `setpoint diff`.

use crate::folder::Folder;

const OLD: &str = r#"{"type":"object","properties":{"timeout_s":{"type":"integer"},"plan":{"enum":["free","pro"]}}}"#;
const NEW: &str = r#"{"type":"object","required":["timeout_s"],"properties":{"timeout_s":{"type":"integer"},"plan":{"enum":["free","pro"]}}}"#;

fn folder() -> Folder {
    let folder = Folder::empty();
    folder.write("old.json", OLD);
    folder.write("new.json", NEW);
    folder
}

#[test]
fn a_breaking_change_is_told_with_its_smallest_witness_and_both_places() {
    let run = folder().run(&["diff", "old.json", "new.json"]).expect_code(1);
    assert!(
        run.stdout
            .starts_with("error[schema-breaking]: `/timeout_s` was optional, is now required\n  --> new.json:1:29\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("accepted before, refused now: {}"), "{}", run.stdout);
    assert!(run.stdout.contains("the schema before (old.json:1:1)"), "{}", run.stdout);
    assert_eq!(
        run.stderr,
        "old.json -> new.json\n  any accepted document        backward breaking     forward compatible\n  \
         declared members only        backward breaking     forward compatible\n"
    );
}

#[test]
fn a_new_required_key_hides_no_other_change() {
    let folder = folder();
    let properties =
        r#""timeout_s":{"type":"integer","maximum":60},"plan":{"enum":["pro"]},"host":{"pattern":"^[a-z]+$"}"#;
    folder
        .write("strict.json", format!(r#"{{"type":"object","required":["timeout_s"],"properties":{{{properties}}}}}"#));
    let run = folder.run(&["diff", "old.json", "strict.json"]).expect_code(1);
    for change in ["`/timeout_s` was optional", "`/timeout_s` was an integer, is now", "`/plan` was", "`/host` was"] {
        assert!(run.stdout.contains(&format!("error[schema-breaking]: {change}")), "{change}: {}", run.stdout);
    }
}

#[test]
fn a_compatible_change_passes_and_names_its_reasons() {
    let run = folder().run(&["diff", "new.json", "old.json"]).expect_code(0);
    assert_eq!(run.stdout, "");
    assert!(
        run.stderr.contains("any accepted document        backward compatible   forward breaking"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("because "), "{}", run.stderr);
}

#[test]
fn the_documents_at_hand_are_counted_and_can_be_what_the_verdict_is_about() {
    let folder = folder();
    folder.write("stored.ndjson", "{\"timeout_s\":1}\n\n{\"plan\":\"pro\"}\n{\"plan\":\"gold\"}\n");
    let run = folder.run(&["diff", "old.json", "new.json", "--documents", "stored.ndjson"]).expect_code(1);
    assert!(
        run.stderr.contains("documents at hand            1 of 2 break, in `/` (1 left out: not valid before)"),
        "{}",
        run.stderr
    );
    folder.write("good.ndjson", "{\"timeout_s\":1}\n");
    let about = ["diff", "old.json", "new.json", "--reading", "documents", "--documents"];
    folder.run(&[&about[..], &["good.ndjson"]].concat()).expect_code(0);
    folder.run(&[&about[..], &["stored.ndjson"]].concat()).expect_code(1);
}

#[test]
fn the_declared_reading_leaves_undeclared_members_out_of_account() {
    let folder = folder();
    folder.write(
        "closed.json",
        OLD.replacen("\"type\":\"object\",", "\"type\":\"object\",\"additionalProperties\":false,", 1),
    );
    folder.run(&["diff", "old.json", "closed.json"]).expect_code(1);
    folder.run(&["diff", "old.json", "closed.json", "--reading", "declared"]).expect_code(0);
}

#[test]
fn what_cannot_be_decided_blocks_until_somebody_answers_for_it() {
    let folder = Folder::empty();
    folder.write("setpoint.toml", "[settings.app]\nschemas = \"schemas\"\n");
    folder.write("schemas/v1.json", r#"{"propertyNames":{"pattern":"^x(?<=x)$"}}"#);
    folder.write("schemas/v2.json", r#"{"propertyNames":{"pattern":"^x(?<=x)$"},"dependentRequired":{"x":["y"]}}"#);
    let run = folder.run(&["diff", "--format", "json"]).expect_code(3);
    let finding = &run.json()["reports"][0]["findings"][0];
    assert_eq!(finding["code"], "schema-undecided");
    assert_eq!(finding["keyword"], "schemas/v2.json#/dependentRequired");
    let accept = format!(
        "\n[settings.app.compare]\naccept = [{{ fingerprint = {}, reason = \"x never comes alone\", owner = \"team-app\" }}]\n",
        finding["fingerprint"]
    );
    folder.write("setpoint.toml", format!("[settings.app]\nschemas = \"schemas\"\n{accept}"));
    let run = folder.run(&["diff"]).expect_code(0);
    assert!(run.stdout.contains("accepted by team-app: x never comes alone"), "{}", run.stdout);
}

#[test]
fn the_project_is_compared_with_a_git_revision() {
    let folder = Folder::empty();
    folder.write("setpoint.toml", "[settings.app]\nschemas = \"schemas\"\n");
    folder.write("schemas/v1.json", OLD);
    folder.git(&["init", "--quiet", "--initial-branch", "main"]);
    folder.git(&["add", "."]);
    folder.git(&["commit", "--quiet", "--message", "first"]);
    folder.run(&["diff", "--base", "main"]).expect_code(0);
    folder.write("schemas/v1.json", NEW);
    let run = folder.run(&["diff", "--base", "main", "--format", "json"]).expect_code(1);
    let report = run.json();
    assert_eq!(report["comparisons"][0]["settings"], "app");
    assert_eq!(report["comparisons"][0]["any"]["backward"]["relation"], "breaking");
    assert_eq!(report["comparisons"][0]["any"]["backward"]["evidence"][0]["witness"], serde_json::json!({}));
    let run = folder.run(&["diff", "--base", "nowhere"]).expect_code(2);
    assert_eq!(run.stderr, "error: git does not know the revision `nowhere`; fetch it first, or correct its name\n");
}

#[test]
fn a_schema_that_is_wrong_is_a_finding_in_its_own_file() {
    let folder = folder();
    folder.write("broken.json", r#"{"type":"objekt"}"#);
    let run = folder.run(&["diff", "old.json", "broken.json"]).expect_code(1);
    assert!(run.stdout.contains("--> broken.json:1:9"), "{}", run.stdout);
    let run = folder.run(&["diff", "old.json", "missing.json"]).expect_code(2);
    assert!(run.stderr.contains("missing.json"), "{}", run.stderr);
}

#[test]
fn changes_of_declared_documents_come_before_those_of_others() {
    let folder = Folder::empty();
    folder.write("old.json", r#"{"type":"object","properties":{"a":{"type":"object"},"z":{"type":"integer"}}}"#);
    folder.write(
        "new.json",
        r#"{"type":"object","properties":{"a":{"type":"object","additionalProperties":false},"z":{"type":"string"}}}"#,
    );
    let run = folder.run(&["diff", "old.json", "new.json"]).expect_code(1);
    let place = |text: &str| run.stdout.find(text).unwrap_or_else(|| panic!("no {text} in {}", run.stdout));
    assert!(place("`/z` was an integer") < place("`/a` allowed keys"), "{}", run.stdout);
    assert!(run.stdout.contains("`setpoint migrate new NAME` starts the migration"), "{}", run.stdout);
}

#[test]
fn documents_that_are_no_text_are_named() {
    let folder = folder();
    folder.write("document.json", b"{\"plan\": \"\xff\"}");
    let run = folder.run(&["diff", "old.json", "new.json", "--documents", "document.json"]).expect_code(2);
    assert!(run.stderr.contains("`document.json` is not UTF-8 text"), "{}", run.stderr);
}
