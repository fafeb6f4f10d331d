//! `explain`, `completions`, `man`, `--version`, and a command line that makes no sense.

use crate::folder::Folder;

#[test]
fn a_code_is_explained() {
    let folder = Folder::empty();
    for code in ["type-mismatch", "project-file-invalid", "checker-limit"] {
        let run = folder.run(&["explain", code]).expect_code(0);
        assert!(run.stdout.starts_with(&format!("# {code} (")), "{}", run.stdout);
        assert!(run.stdout.contains("\n## Why it matters\n"), "{}", run.stdout);
    }
}

#[test]
fn every_listed_code_is_explained() {
    let folder = Folder::empty();
    let list = folder.run(&["explain", "--list"]).expect_code(0).stdout;
    assert!(list.lines().count() > 30, "{list}");
    for line in list.lines() {
        folder.run(&["explain", line.split(' ').next().unwrap()]).expect_code(0);
    }
}

#[test]
fn a_misspelt_code_is_answered_with_the_intended_one() {
    let run = Folder::empty().run(&["explain", "type-mismach"]).expect_code(2);
    assert_eq!(run.stderr, "error: there is no finding with the code `type-mismach`; did you mean `type-mismatch`?\n");
    let run = Folder::empty().run(&["explain", "xyz"]).expect_code(2);
    assert!(run.stderr.contains("--list"), "{}", run.stderr);
}

#[test]
fn completions_and_manual_pages_come_out() {
    let folder = Folder::empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(folder.run(&["completions", shell]).expect_code(0).stdout.contains("setpoint"));
    }
    assert!(folder.run(&["man"]).expect_code(0).stdout.contains(".TH setpoint 1"));
    folder.run(&["man", "--output", "."]).expect_code(0);
    assert!(folder.file("setpoint-check.1").exists());
}

#[test]
fn the_version_is_told() {
    let run = Folder::empty().run(&["--version"]).expect_code(0);
    assert_eq!(run.stdout, format!("setpoint {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2() {
    let folder = Folder::empty();
    for arguments in [&[][..], &["chek"], &["check", "--nonsense"], &["check", "--schema", "s.json"]] {
        let run = folder.run(arguments).expect_code(2);
        assert!(!run.stderr.is_empty());
    }
    folder.run(&["--help"]).expect_code(0);
    folder.run(&["check", "--help"]).expect_code(0);
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    for arguments in [&["explain", "--list"][..], &["man"], &["completions", "zsh"], &["--help"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_setpoint"))
            .args(arguments)
            .stdout(full)
            .stderr(std::process::Stdio::null())
            .status();
        assert_eq!(status.unwrap().code(), Some(4), "{arguments:?}");
    }
}
