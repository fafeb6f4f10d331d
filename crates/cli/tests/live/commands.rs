//! Rehearsal, pause and resume, status and history.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::project::{APPLY, Project, ROLLBACK, fill};

const NAME: &str = "0002-timeout-in-milliseconds";
const RECEIPT: &str = "receipts/app/0002-timeout-in-milliseconds.json";

#[test]
fn apply_wants_a_receipt_and_a_rehearsal_writes_one() {
    for project in Project::all() {
        let before = fill(&project, 20);
        let refused = project.run(&["apply", NAME, "--format", "json"]).expect_code(1);
        assert_eq!(refused.codes(), ["not-rehearsed"], "{}", project.name());
        let rehearsed = project.run(&["rehearse", NAME]).expect_code(0);
        assert!(
            rehearsed.stderr.contains("20 documents up, down and up again, 20 documents compared"),
            "{rehearsed:#?}"
        );
        assert_eq!(project.documents(), before, "{}: a rehearsal touches nothing", project.name());
        assert_eq!(project.status()["phase"], "idle", "nor the journal");
        let text = std::fs::read_to_string(project.path().join(RECEIPT)).unwrap();
        let receipt: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(receipt["documents"]["compared"], 20);
        assert_eq!(receipt["rollback"], "setpoint rollback app --to 1");
        let applied = project.run(&["apply", NAME]).expect_code(0);
        assert!(applied.stderr.contains("20 documents now at version 2"), "{applied:#?}");
        project.run(&ROLLBACK).expect_code(0);
        // An edited receipt is none.
        project.write(RECEIPT, &text.replace("\"compared\": 20", "\"compared\": 9000"));
        let refused = project.run(&["apply", NAME, "--format", "json"]).expect_code(1);
        assert_eq!(refused.codes(), ["receipt-edited"]);
        // A receipt for another migration than the one that is there now is none either.
        project.write(RECEIPT, &text);
        let file = format!("migrations/app/{NAME}.yaml");
        let migration = std::fs::read_to_string(project.path().join(&file)).unwrap();
        project.write(&file, &migration.replace("team-edge", "team-core"));
        let refused = project.run(&["apply", NAME, "--format", "json"]).expect_code(1);
        assert_eq!(refused.codes(), ["receipt-void"]);
    }
}

/// The way back of the steps is exact for what the schema allows, but a document at hand is not what the schema says.
#[test]
fn a_rehearsal_that_fails_writes_no_receipt() {
    for project in Project::all() {
        fill(&project, 5);
        project.put("d0001.json", r#"{"timeout_s": 700, "count": 0}"#, 1);
        let before = project.documents();
        let run = project.run(&["rehearse", NAME]).expect_code(1);
        assert!(run.stderr.contains("no receipt is written"), "{run:#?}");
        assert!(!project.path().join(RECEIPT).exists());
        assert_eq!(project.documents(), before);
    }
}

#[test]
fn a_run_is_paused_and_resumed() {
    for project in Project::all() {
        fill(&project, 40);
        let mut child = project.spawn(&[&APPLY[..], &["--batch", "2", "--rate", "6"]].concat());
        let began = Instant::now();
        while project.run(&["pause", "app"]).code != 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "{}: it does not begin", project.name());
        }
        assert_eq!(child.wait().unwrap().code(), Some(4));
        let status = project.status();
        assert_eq!(status["phase"], "paused");
        assert_eq!(status["commands"]["resume"], "setpoint resume app");
        assert!(status["versions"]["1"].as_u64().unwrap() > 0, "{status:#}");
        let resumed = project.run(&["resume", "app"]).expect_code(0);
        assert!(resumed.stderr.contains("40 documents now at version 2"), "{resumed:#?}");
        let nothing = project.run(&["resume", "app"]).expect_code(2);
        assert!(nothing.stderr.contains("nothing to go on with"), "{nothing:#?}");
    }
}

#[test]
fn history_tells_what_was_done_by_whom_with_what_result() {
    for project in Project::all() {
        fill(&project, 5);
        project.run(&APPLY).expect_code(0);
        project.run(&ROLLBACK).expect_code(0);
        let history = project.run(&["history", "app"]).expect_code(0).stdout;
        for part in [
            "# Changes of `app`",
            "`0002-timeout-in-milliseconds` applied",
            "Rolled back to version 1",
            "- **Versions**: 1 → 2",
            "- **Owner**: team-edge",
            "- **Run by**: tester@",
            "- **Expected**: every document has timeout_ms, 1000 times its old timeout_s",
            "- **Measured**: 5 of 5 documents changed in ",
            "- **Rehearsal**: without rehearsal: the tests rehearse elsewhere",
            "- **Bundle**: `sha256:",
        ] {
            assert!(history.contains(part), "{}: {part} is missing in\n{history}", project.name());
        }
    }
}

#[test]
fn status_names_readers_that_are_left_behind() {
    let project = Project::sqlite();
    let text = std::fs::read_to_string(project.path().join("setpoint.toml")).unwrap();
    project.write("setpoint.toml", &text.replace("api = [1, 2]", "api = [1, 2], worker = [2]"));
    fill(&project, 3);
    let status = project.status();
    assert_eq!(
        status["readers_left_behind"],
        serde_json::json!([{ "reader": "worker", "reads": [2], "documents": 3 }])
    );
    let text = project.run(&["status"]).expect_code(0).stdout;
    assert!(text.contains("reader     `worker` reads 2 and cannot read 3 documents as stored"), "{text}");
    assert!(text.contains("apply      setpoint apply 0002-timeout-in-milliseconds"), "{text}");
}
