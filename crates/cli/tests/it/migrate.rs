//! `setpoint migrate new`.

use crate::folder::Folder;

fn project() -> Folder {
    Folder::with(&[
        ("setpoint.toml", "[settings.web]\nschemas = \"schemas/web\"\nmigrations = \"migrations/web\"\n"),
        (
            "schemas/web/v1.json",
            r#"{"properties":{"http":{"properties":{"timeout_s":{"type":"integer"}}},"legacy":{"type":"boolean"}}}"#,
        ),
        (
            "schemas/web/v2.json",
            r#"{"properties":{"http":{"properties":{"timeout_ms":{"type":"integer"},"tls":{"default":true}}},"name":{}}}"#,
        ),
    ])
}

#[test]
fn the_steps_are_proposed_and_what_only_a_person_can_say_is_left_open() {
    let folder = project();
    let run = folder.run(&["migrate", "new", "timeout-in-milliseconds"]).expect_code(0);
    assert!(run.stderr.contains("0002-timeout-in-milliseconds.yaml"), "{}", run.stderr);
    assert_eq!(
        folder.read("migrations/web/0002-timeout-in-milliseconds.yaml"),
        "migration: 0002-timeout-in-milliseconds\nsettings: web\nfrom: 1\nto: 2\nowner: TODO\nwhy: TODO\nexpected: TODO\n\
         rollback: setpoint rollback web --to 1\n# Proposed from the keys that the two schemas declare.\nsteps:\n  \
         - add: { at: \"/name\" }\n  - remove: { at: \"/legacy\" }\n  \
         - rename: { at: \"/http\", from: \"timeout_s\", to: \"timeout_ms\" }\n  - add: { at: \"/http/tls\", value: true }\n"
    );
    // The gate reads the file, and refuses it for its placeholders alone.
    let run = folder.run(&["gate", "--format", "json"]);
    assert_eq!(run.codes().iter().filter(|code| *code == "placeholder-text").count(), 3, "{}", run.stdout);
    assert!(run.codes().iter().all(|code| code == "placeholder-text" || code == "nothing-to-try"), "{}", run.stdout);
}

#[test]
fn nothing_is_written_where_it_does_not_fit() {
    let folder = project();
    folder.run(&["migrate", "new", "first"]).expect_code(0);
    let run = folder.run(&["migrate", "new", "second"]).expect_code(2);
    assert!(run.stderr.contains("no two neighbouring versions without a migration"), "{}", run.stderr);
    let run = folder.run(&["migrate", "new", "No Spaces"]).expect_code(2);
    assert!(run.stderr.contains("lower-case letters"), "{}", run.stderr);
    let run = folder.run(&["migrate", "new", "third", "--family", "wep"]).expect_code(2);
    assert!(run.stderr.contains("has no settings `wep`; it has `web`"), "{}", run.stderr);
    folder.write("setpoint.toml", "[settings.web]\nschemas = \"schemas/web\"\n");
    let run = folder.run(&["migrate", "new", "fourth"]).expect_code(2);
    assert!(run.stderr.contains("`migrations = \"migrations/web\"`"), "{}", run.stderr);
}

#[test]
fn a_changed_type_becomes_a_step_that_goes_both_ways() {
    let folder = project();
    folder.write(
        "schemas/web/v1.json",
        r#"{"properties":{"port":{"type":"string"},"host":{"type":"string"},"tls":{"type":"boolean"},"same":{"type":"integer"}}}"#,
    );
    folder.write(
        "schemas/web/v2.json",
        r#"{"properties":{"port":{"type":"integer"},"host":{"type":"array","items":{"type":"string"}},"tls":{"enum":["on","off"],"type":"string"},"same":{"type":"number"}}}"#,
    );
    folder.run(&["migrate", "new", "types"]).expect_code(0);
    let text = folder.read("migrations/web/0002-types.yaml");
    let steps: Vec<&str> = text.lines().skip_while(|line| *line != "steps:").skip(1).collect();
    assert_eq!(
        steps,
        [
            r#"  - wrap: { at: "/host" }"#,
            r#"  - convert: { at: "/port", up: int(value), down: string(value) }"#,
            r#"  - map: { at: "/tls", values: [[true, TODO], [false, TODO]] }"#,
        ]
    );
}
