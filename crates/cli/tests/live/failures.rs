//! A store that fails half-way: a full disk, a connection that is cut.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::postgres::Server;
use crate::project::{APPLY, Project, ROLLBACK, fill};

/// The server goes away in the middle of a run, and comes back.
#[test]
fn a_connection_that_is_cut_loses_nothing() {
    let server = Arc::new(Server::start());
    let project = Project::postgres(&server, "jsonb");
    let before = fill(&project, 60);
    let child = project.command(&[&APPLY[..], &["--batch", "4", "--rate", "60", "--format", "json"]].concat());
    let child = { child }.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while project.status()["versions"]["2"].as_u64().is_none_or(|moved| moved == 0) {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not begin");
    }
    server.cut();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("store-failed") && said.contains("after-delay"), "{said}");
    let unreachable = project.run(&[&APPLY[..], &["--format", "json"]].concat()).expect_code(4);
    assert_eq!(unreachable.codes(), ["store-unreachable"]);
    server.go();
    project.run(&["resume", "app"]).expect_code(0);
    assert_eq!(project.status()["versions"], serde_json::json!({ "2": 60 }));
    project.run(&ROLLBACK).expect_code(0);
    assert_eq!(project.documents(), before);
}

/// No file may grow beyond a limit: neither the journal of a store of files nor a SQLite database. It is the nearest thing to a full
/// disk that needs no rights: the system refuses to write in the same places.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing() {
    for project in [Project::files(), Project::sqlite()] {
        let long = "x".repeat(100_000);
        for number in 0..40 {
            let text = format!("{{\"timeout_s\": {}, \"count\": 0, \"name\": \"{long}\"}}\n", number + 1);
            project.put(&format!("d{number:04}.json"), &text, 1);
        }
        let before = project.documents();
        let mut codes = Vec::new();
        // From a limit that is met at once to one that is not met.
        for megabytes in (5..40).step_by(4) {
            let words = [&APPLY[..], &["--batch", "4"]].concat();
            let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
            let binary = env!("CARGO_BIN_EXE_setpoint");
            // The signal that comes with the refusal is ignored, as services do.
            let script = format!("trap '' XFSZ; ulimit -f {}; exec {binary} {}", megabytes * 1024, words.join(" "));
            let output = Command::new("bash").arg("-c").arg(script).current_dir(project.path()).output().unwrap();
            codes.push(output.status.code());
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            if output.status.code() == Some(4) {
                assert!(said.contains("store-failed") || said.contains("store-unreachable"), "{said}");
            } else {
                assert_eq!(output.status.code(), Some(0), "{}: {output:?}", project.name());
            }
            for ((_, is, _), (_, was, _)) in project.documents().iter().zip(&before) {
                assert!(is == was || is.contains("timeout_ms") && is.len() == was.len() + 4, "{}", project.name());
            }
        }
        assert!(codes.contains(&Some(4)), "{}: the limit was never met: {codes:?}", project.name());
        project.run(&APPLY).expect_code(0);
        project.run(&ROLLBACK).expect_code(0);
        assert!(project.documents() == before, "{}", project.name());
    }
}
