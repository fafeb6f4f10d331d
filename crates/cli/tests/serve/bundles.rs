//! What may be kept, and for how long.

use std::time::Duration;

use crate::project::Project;
use crate::server::{Server, eventually};

#[test]
fn a_bundle_is_kept_for_ever_and_which_one_is_current_is_asked_each_time() {
    let project = Project::sqlite();
    let server = Server::of(&project, &[]);
    let current = server.get("/v1/bundle").expect(200);
    assert_eq!(current.header("cache-control"), "private, no-cache");
    let digest = current.json()["bundle"].as_str().unwrap().to_owned();
    assert_eq!(current.etag(), format!("\"{digest}\""));
    server.ask("GET", "/v1/bundle").header("if-none-match", current.etag()).send().expect(304);
    let bundle = server.get(&format!("/v1/bundles/{digest}")).expect(200);
    assert!(bundle.header("cache-control").contains("immutable"));
    // It is what the command line gives, byte for byte.
    assert_eq!(bundle.body, project.run(&["bundle"]).expect_code(0).stdout.trim_end());
    server.get("/v1/bundles/sha256:0").problem(404, "nothing-there");
}

#[test]
fn a_changed_project_is_served_once_it_passes_its_own_check() {
    let project = Project::sqlite();
    project.put("a", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let server = Server::of(&project, &[]);
    let digest = || server.get("/v1/bundle").expect(200).json()["bundle"].as_str().unwrap().to_owned();
    let first = digest();
    // A broken one keeps the one before, and says so.
    let good = std::fs::read_to_string(project.path().join("schemas/app/v2.json")).unwrap();
    project.write("schemas/app/v2.json", "{ \"type\": \"objekt\" }");
    eventually("nobody says that the project is broken", || {
        server.get("/readyz").expect(200).json().get("project").is_some()
    });
    let ready = server.get("/readyz").expect(200).json();
    assert!(ready["project"].as_str().unwrap().contains("schemas/app/v2.json"), "{ready}");
    assert_eq!(digest(), first);
    server.get("/v1/settings/app/documents/a?version=2").expect(200);
    assert!(server.get("/metrics").expect(200).body.contains("setpoint_reloads_total{outcome=\"refused\"} 1"));
    // A good one takes its place without a restart, and the one before can still be had.
    project.write("schemas/app/v2.json", &good.replace("600000", "500000"));
    eventually("the new project is not served", || digest() != first);
    assert!(server.get("/readyz").expect(200).json().get("project").is_none());
    server.get(&format!("/v1/bundles/{first}")).expect(200);
    project.put("b", r#"{"timeout_s": 550, "count": 1}"#, 1);
    server.get("/v1/settings/app/documents/b?version=2").expect(422);
    // While it is half-written it is not there.
    std::fs::remove_file(project.path().join("setpoint.toml")).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    server.get("/v1/settings/app/documents/a?version=2").expect(200);
}

#[test]
fn every_answer_says_whether_it_may_be_kept() {
    let project = Project::sqlite();
    project.put("a", r#"{"timeout_s": 1, "count": 1}"#, 1);
    let server = Server::of(&project, &[]);
    let digest = server.get("/v1/bundle").expect(200).json()["bundle"].as_str().unwrap().to_owned();
    for (path, kept) in [
        ("/healthz", "no-store"),
        ("/readyz", "no-store"),
        ("/metrics", "no-store"),
        ("/v1/openapi.json", "no-store"),
        ("/v1/session", "no-store"),
        ("/v1/settings", "no-store"),
        ("/v1/migrations", "no-store"),
        ("/v1/migrations/0002-timeout-in-milliseconds/status", "no-store"),
        ("/v1/settings/app/documents", "no-store"),
        ("/v1/settings/app/documents/a/history", "no-store"),
        ("/v1/settings/app/documents/nobody", "no-store"),
        ("/nothing", "no-store"),
        ("/v1/settings/app/documents/a", "private, no-cache"),
        ("/v1/bundle", "private, no-cache"),
        (&format!("/v1/bundles/{digest}"), "private, max-age=31536000, immutable"),
    ] {
        assert_eq!(server.get(path).header("cache-control"), kept, "{path}");
    }
}
