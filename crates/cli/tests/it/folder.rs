//! A project on disk, and the command run in it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::published;
use crate::times::without_times;

/// A family `app` with one version: an object with an integer `port`, a boolean `tls` and an enum `level`.
pub const PROJECT: &str = "[settings.app]\nschemas = \"schemas/app\"\ndocuments = [\"config/*\"]\n";
pub const SCHEMA: &str = r#"{
  "type": "object",
  "properties": {
    "port": { "type": "integer", "minimum": 1, "maximum": 65535 },
    "tls": { "type": "boolean" },
    "level": { "enum": ["debug", "info"] }
  },
  "required": ["port"],
  "additionalProperties": false
}
"#;

/// A folder that goes away at the end of the test.
pub struct Folder(tempfile::TempDir);

/// What a run of the command left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The report, for `--format json`, which its published schema accepts.
    pub fn json(&self) -> Value {
        let report: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"));
        if report.get("reports").is_some() {
            published::accept(include_str!("../../../../schemas/report.json"), &report);
        }
        report
    }

    /// What was said to a person, without the time that it took.
    pub fn said(&self) -> String {
        without_times(&self.stderr)
    }

    /// The codes of all findings, for `--format json`.
    pub fn codes(&self) -> Vec<String> {
        let report = self.json();
        let findings = report["reports"].as_array().unwrap().iter().flat_map(|one| one["findings"].as_array().unwrap());
        findings.map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Fails the test with everything that was printed unless the exit code is as expected.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

impl Folder {
    /// An empty folder.
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with the project of [`PROJECT`] and these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::empty();
        folder.write("setpoint.toml", PROJECT);
        folder.write("schemas/app/v1.json", SCHEMA);
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// Runs git here, as an author whom no settings of this machine concern.
    pub fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    /// The command, ready to run here, with nothing of the environment that changes reports.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_setpoint"));
        command.current_dir(self.path());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GIT_DIR", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs `setpoint` with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command().args(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs `setpoint` with these arguments in a folder below.
    pub fn run_in(&self, below: &str, arguments: &[&str]) -> Run {
        let mut command = self.command();
        finish(command.current_dir(self.file(below)).args(arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs `setpoint` with these arguments and this standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = self
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // The command may stop reading before the end.
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
        let run = finish(child.wait_with_output().unwrap());
        writer.join().unwrap();
        run
    }
}

fn finish(output: std::process::Output) -> Run {
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
