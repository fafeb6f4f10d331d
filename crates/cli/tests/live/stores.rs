//! Apply and rollback in every store.

use crate::project::{APPLY, Project, ROLLBACK, Where, fill};

/// Up and back, and everything as it was, byte for byte.
#[test]
fn every_store_goes_up_and_comes_back_byte_for_byte() {
    for project in Project::all() {
        let before = fill(&project, 40);
        let applied = project.run(&APPLY).expect_code(0);
        assert!(applied.stderr.contains("40 documents now at version 2"), "{}: {applied:#?}", project.name());
        assert!(applied.stderr.contains("back: setpoint rollback app --to 1"), "{applied:#?}");
        let there = project.documents();
        for ((name, was, _), (same, is, version)) in before.iter().zip(&there) {
            assert_eq!(name, same);
            assert!(is.contains("timeout_ms") && !is.contains("legacy") && was.contains("timeout_s"), "{is}");
            assert!(matches!(project.place, Where::Files) || *version == 2);
        }
        let status = project.status();
        assert_eq!(status["phase"], "applied");
        assert_eq!(status["versions"], serde_json::json!({ "2": 40 }));
        let again = project.run(&APPLY).expect_code(0);
        assert!(again.stderr.contains("nothing to do"), "{again:#?}");
        project.run(&ROLLBACK).expect_code(0);
        assert_eq!(project.documents(), before, "{}", project.name());
        assert_eq!(project.status()["phase"], "rolled-back");
        project.run(&APPLY).expect_code(0);
        assert_eq!(project.documents(), there, "{}", project.name());
    }
}

/// What was written at the new version goes down with what the old one has a place for, and comes up again whole.
#[test]
fn writes_at_the_new_version_survive_a_rollback_and_what_is_lost_is_named() {
    for project in Project::all() {
        fill(&project, 3);
        project.run(&APPLY).expect_code(0);
        project.put("d0001.json", r#"{"timeout_ms": 7000, "count": 5, "region": "eu"}"#, 2);
        let rolled = project.run(&ROLLBACK).expect_code(0);
        assert!(rolled.stderr.contains("version 1 has no place for `/region` of `"), "{}: {rolled:#?}", project.name());
        let (_, down, _) = project.documents().remove(1);
        let down: serde_json::Value = serde_json::from_str(&down).unwrap();
        assert_eq!(down["timeout_s"], 7);
        assert_eq!(down["count"], 5);
        // What only the former document had came from beside it.
        assert_eq!(down["legacy"]["z"][0], 1);
        project.run(&APPLY).expect_code(0);
        let (_, up, _) = project.documents().remove(1);
        let up: serde_json::Value = serde_json::from_str(&up).unwrap();
        assert_eq!(up, serde_json::json!({ "timeout_ms": 7000, "count": 5, "region": "eu" }));
    }
}

/// A document that an old service writes after the migration is at the old version, and what was kept for the new one is not
/// mistaken for its own.
#[test]
fn a_row_that_an_old_service_rewrites_goes_up_like_any_other() {
    for project in Project::all().into_iter().filter(|project| !matches!(project.place, Where::Files)) {
        fill(&project, 3);
        project.run(&APPLY).expect_code(0);
        project.put("d0001.json", r#"{"timeout_s": 9, "count": 1}"#, 1);
        assert_eq!(project.status()["debt"], 1);
        project.run(&APPLY).expect_code(0);
        let (_, up, version) = project.documents().remove(1);
        assert_eq!(version, 2);
        let up: serde_json::Value = serde_json::from_str(&up).unwrap();
        assert_eq!(up, serde_json::json!({ "timeout_ms": 9000, "count": 1 }));
        project.run(&ROLLBACK).expect_code(0);
        let (_, down, _) = project.documents().remove(1);
        let down: serde_json::Value = serde_json::from_str(&down).unwrap();
        assert_eq!(down, serde_json::json!({ "timeout_s": 9, "count": 1 }));
    }
}

/// Permissions and links of files stay.
#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::files();
    fill(&project, 2);
    let file = project.path().join("config/d0001.json");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    project.write("elsewhere/d.json", "{\"timeout_s\": 3, \"count\": 0}\n");
    std::os::unix::fs::symlink("../elsewhere/d.json", project.path().join("config/link.json")).unwrap();
    project.run(&APPLY).expect_code(0);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(std::fs::symlink_metadata(project.path().join("config/link.json")).unwrap().is_symlink());
    let behind = std::fs::read_to_string(project.path().join("elsewhere/d.json")).unwrap();
    assert_eq!(behind, "{\"timeout_ms\": 3000, \"count\": 0}\n");
    let left: Vec<_> =
        std::fs::read_dir(project.path().join("config")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}
