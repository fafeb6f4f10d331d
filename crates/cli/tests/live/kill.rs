//! Nothing is lost when the process is killed, at whatever instant.
//!
//! `SETPOINT_KILLS=3000 cargo test -p setpoint-cli --test live kill` kills ten times as often as it does otherwise.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::postgres::Server;
use crate::project::{APPLY, Project, ROLLBACK, fill};

/// Documents in the store.
const DOCUMENTS: usize = 60;
/// Small batches, so that there are many instants between two transactions.
const BATCH: [&str; 2] = ["--batch", "4"];

fn kills() -> usize {
    std::env::var("SETPOINT_KILLS").ok().map_or(300, |kills| kills.parse().unwrap())
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Applies and rolls back until the process has been killed often enough, and looks at every document after each.
fn survives(project: &Project) {
    let before = fill(project, DOCUMENTS);
    let began = Instant::now();
    project.run(&[&APPLY[..], &BATCH].concat()).expect_code(0);
    let whole = began.elapsed();
    let there = project.documents();
    project.run(&ROLLBACK).expect_code(0);
    let mut random = Random(0x5e7_9017);
    let (mut killed, mut up) = (0, true);
    while killed < kills() {
        let command = if up { [&APPLY[..], &BATCH].concat() } else { [&ROLLBACK[..], &BATCH].concat() };
        // One run may be killed several times before it gets to its end.
        loop {
            let said = tempfile::NamedTempFile::new().unwrap();
            let mut child = project.command(&command);
            let mut child = child.stdout(Stdio::null()).stderr(said.reopen().unwrap()).spawn().unwrap();
            let wait = random.below(u64::try_from(whole.as_micros()).unwrap() * 5 / 4);
            std::thread::sleep(Duration::from_micros(wait));
            if child.try_wait().unwrap().is_none() {
                child.kill().unwrap();
                killed += 1;
            }
            let ended = child.wait().unwrap();
            if ended.success() {
                break;
            }
            let said = std::fs::read_to_string(said.path()).unwrap();
            assert_eq!(ended.code(), None, "{}: it failed instead of being killed: {said}", project.name());
            for (document, (old, new)) in project.documents().iter().zip(before.iter().zip(&there)) {
                // Each is one or the other, never anything between.
                assert!(document == old || document == new, "{}: after {killed} kills: {document:?}", project.name());
            }
        }
        let (wanted, direction) = if up { (&there, "up") } else { (&before, "down") };
        assert_eq!(&project.documents(), wanted, "{}: {direction} after {killed} kills", project.name());
        assert_eq!(project.status()["set_aside"], serde_json::json!([]));
        up = !up;
    }
}

#[test]
fn documents_in_files_survive_kills() {
    survives(&Project::files());
}

#[test]
fn documents_in_sqlite_survive_kills() {
    survives(&Project::sqlite());
}

#[test]
fn documents_in_postgresql_survive_kills() {
    survives(&Project::postgres(&Server::shared(), "jsonb"));
}

/// A rollback begins where an apply was killed.
#[test]
fn a_rollback_works_after_an_apply_that_was_killed() {
    for project in Project::all() {
        let before = fill(&project, DOCUMENTS);
        let mut child = project.spawn(&[&APPLY[..], &["--batch", "4", "--rate", "100"]].concat());
        let began = Instant::now();
        while project.status()["versions"]["2"].as_u64().is_none_or(|moved| moved == 0) {
            assert!(began.elapsed() < Duration::from_secs(60), "{}: it does not begin", project.name());
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let status = project.status();
        assert_eq!(status["phase"], "interrupted", "{status:#}");
        assert_eq!(status["commands"]["rollback"], "setpoint rollback app --to 1");
        assert_eq!(status["commands"]["resume"], "setpoint resume app");
        project.run(&ROLLBACK).expect_code(0);
        assert_eq!(project.documents(), before, "{}", project.name());
    }
}
