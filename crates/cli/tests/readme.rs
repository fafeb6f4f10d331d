//! The terminal session at the top of the README is what the commands print.
//!
//! `SETPOINT_UPDATE=1 cargo test -p setpoint-cli --test readme` writes it anew.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "common/times.rs"]
mod times;

use std::fs;
use std::path::Path;
use std::process::Command;

use times::without_times;

const START: &str = "```console\n$ cd examples/billing\n";

#[test]
fn the_session_in_the_readme_is_what_the_commands_print() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (before, rest) = readme.split_once(START).expect("the README opens with a session in examples/billing");
    let (session, after) = rest.split_once("```\n").expect("the session ends");
    let mut actual = String::new();
    for command in session.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let arguments = command.strip_prefix("setpoint ").expect("the session runs setpoint");
        let output = Command::new("sh")
            .args(["-c", &format!("\"$SETPOINT\" {arguments} 2>&1")])
            .env("SETPOINT", env!("CARGO_BIN_EXE_setpoint"))
            .env("NO_COLOR", "1")
            .current_dir(root.join("examples/billing"))
            .output()
            .unwrap();
        actual += &format!("$ {command}\n{}", String::from_utf8(output.stdout).unwrap());
    }
    if std::env::var_os("SETPOINT_UPDATE").is_some() {
        fs::write(root.join("README.md"), format!("{before}{START}{actual}```\n{after}")).unwrap();
        return;
    }
    assert!(actual.lines().count() > 10, "{actual}");
    assert_eq!(without_times(session), without_times(&actual));
}
