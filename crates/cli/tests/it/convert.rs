//! `setpoint convert`.

use crate::folder::Folder;

const YAML: &str = "# Ask team-web.\nhttp:\n  # in seconds\n  timeout_s: 5  # was 3\n  port: 80\nlegacy: true\n";

fn project() -> Folder {
    let steps = "steps:\n  - rename: { at: /http, from: timeout_s, to: timeout_ms }\n  \
                 - convert: { at: /http/timeout_ms, up: value * 1000, down: value / 1000 }\n  - remove: { at: /legacy }\n";
    let head = "migration: 0002-milliseconds\nsettings: web\nfrom: 1\nto: 2\nowner: team-web\nwhy: units\n\
                expected: timeout_ms everywhere\nrollback: setpoint rollback web --to 1\n";
    Folder::with(&[
        (
            "setpoint.toml",
            "[settings.web]\nschemas = \"schemas\"\nmigrations = \"migrations\"\ndocuments = [\"config/*.yaml\"]\n",
        ),
        ("schemas/v1.json", "true"),
        ("schemas/v2.json", "true"),
        ("migrations/0002-milliseconds.yaml", &format!("{head}{steps}")),
        ("config/eu.yaml", YAML),
    ])
}

#[test]
fn a_document_goes_up_with_its_comments_and_comes_back_as_it_was() {
    let folder = project();
    let kept = ["--complement", "kept.json"];
    let up = folder.run(&[&["convert", "config/eu.yaml", "--from", "1", "--to", "2", "--write"], &kept[..]].concat());
    let up = up.expect_code(0);
    assert_eq!((up.stdout.as_str(), up.stderr.as_str()), ("", ""));
    assert_eq!(
        folder.read("config/eu.yaml"),
        "# Ask team-web.\nhttp:\n  # in seconds\n  timeout_ms: 5000  # was 3\n  port: 80\n"
    );
    let down = folder.run(&[&["convert", "config/eu.yaml", "--from", "2", "--to", "1"], &kept[..]].concat());
    assert_eq!(down.expect_code(0).stdout, YAML);
}

#[test]
fn what_cannot_be_converted_says_what_is_in_the_way_and_writes_nothing() {
    let folder = project();
    folder.write("config/eu.yaml", "http:\n  timeout_s: 5\n  timeout_ms: 7\n");
    let run = folder.run(&["convert", "config/eu.yaml", "--from", "1", "--to", "2", "--write"]).expect_code(1);
    for part in [
        "conversion-blocked",
        "`/http/timeout_ms` is there already (it is the integer 7)",
        "config/eu.yaml:3:15",
        "retry",
    ] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert_eq!(folder.read("config/eu.yaml"), "http:\n  timeout_s: 5\n  timeout_ms: 7\n");
    let run = folder.run(&["convert", "config/eu.yaml", "--from", "1", "--to", "3"]).expect_code(1);
    assert!(run.stderr.contains("unknown-version"), "{}", run.stderr);
    folder.write("kept.json", "{}");
    let run = folder.run(&["convert", "config/eu.yaml", "--from", "1", "--to", "2", "--complement", "kept.json"]);
    assert!(run.expect_code(2).stderr.contains("does not hold what a conversion left"));
    folder.write("schemas/v3.json", "true");
    let run = folder.run(&["convert", "config/eu.yaml", "--from", "2", "--to", "3"]).expect_code(1);
    assert!(run.stderr.contains("no migration leads from version 2 to version 3"), "{}", run.stderr);
}
