//! The hook, the action and the example job, run by the real tools on a real project.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "common/python.rs"]
mod python;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use setpoint_core::source::{Format, Limits, parse};

/// The release of pre-commit that the hooks are tested with.
const PRE_COMMIT: &str = "pre-commit==4.7.0";

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A project with one valid document, in a git repository of its own.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { folder };
        project.write("setpoint.toml", "[settings.http]\nschemas = \"schemas\"\ndocuments = [\"config/*.yaml\"]\n");
        project.write("schemas/v1.json", r#"{"properties":{"port":{"type":"integer"}},"additionalProperties":false}"#);
        project.write("config/eu.yaml", "port: 80\n");
        project.git(&["init", "--quiet", "--initial-branch", "main"]);
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        let own = Path::new(env!("CARGO_BIN_EXE_setpoint")).parent().unwrap().to_path_buf();
        let path: OsString = std::env::join_paths(
            [own].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
        )
        .unwrap();
        command
            .env("PATH", path)
            .env("HOME", self.path().join(".home"))
            .env("PRE_COMMIT_HOME", self.path().join(".home/pre-commit"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.org")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.org");
        command
    }

    fn git(&self, arguments: &[&str]) -> Output {
        self.command("git").args(arguments).output().unwrap()
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_pre_commit_hook_stops_a_commit_with_a_wrong_document_and_lets_a_right_one_pass() {
    let pre_commit = match python::program(PRE_COMMIT, "pre-commit") {
        Ok(program) => program,
        Err(reason) => {
            assert!(!python::is_ci(), "pre-commit cannot be installed: {reason}");
            println!("skipped: pre-commit cannot be installed: {reason}");
            return;
        }
    };
    // A repository that offers the hooks, as this one does.
    let hooks = Project::new();
    fs::copy(workspace().join(".pre-commit-hooks.yaml"), hooks.path().join(".pre-commit-hooks.yaml")).unwrap();
    hooks.git(&["add", "--all"]);
    assert!(hooks.git(&["commit", "--quiet", "--message", "hooks"]).status.success());
    let revision = String::from_utf8(hooks.git(&["rev-parse", "HEAD"]).stdout).unwrap();

    let project = Project::new();
    project.write(
        ".pre-commit-config.yaml",
        &format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: setpoint-check\n      - id: setpoint-gate\n",
            hooks.path().display(),
            revision.trim()
        ),
    );
    project.write(".gitignore", ".home\n");
    project.write("notes/other.yaml", "nobody: governs this\n");
    let installed = project.command(&pre_commit).arg("install").output().unwrap();
    assert!(installed.status.success(), "{}", text(&installed));
    project.git(&["add", "--all"]);
    let first = project.git(&["commit", "--message", "a valid project"]);
    assert!(first.status.success(), "{}", text(&first));

    project.write("config/eu.yaml", "prot: 80\n");
    project.git(&["add", "--all"]);
    let refused = project.git(&["commit", "--message", "a misspelt key"]);
    let said = text(&refused);
    assert!(!refused.status.success(), "{said}");
    assert!(said.contains("misspelt-key") && said.contains("config/eu.yaml:1:1") && said.contains("`port`"), "{said}");
    assert_eq!(text(&project.git(&["rev-list", "--count", "HEAD"])).trim(), "1");

    // A schema that changes concerns documents that the commit does not touch.
    project.write("config/eu.yaml", "port: 80\n");
    project.write("schemas/v1.json", r#"{"properties":{"port":{"type":"integer","minimum":1024}}}"#);
    project.git(&["add", "--all"]);
    let narrowed = project.git(&["commit", "--message", "a narrower schema"]);
    assert!(!narrowed.status.success() && text(&narrowed).contains("out-of-range"), "{}", text(&narrowed));
    project.git(&["checkout", "--quiet", "HEAD", "--", "schemas"]);

    project.write("config/eu.yaml", "port: 81\n");
    project.git(&["add", "--all"]);
    let second = project.git(&["commit", "--message", "the right key"]);
    assert!(second.status.success(), "{}", text(&second));
}

/// A file of this repository as a value.
fn yaml(name: &str) -> Value {
    let text = fs::read(workspace().join(name)).unwrap();
    let parsed = parse(&text, Format::Yaml, &Limits::default());
    assert!(parsed.drafts.is_empty(), "{name}: {:?}", parsed.drafts);
    parsed.root.unwrap().to_json_value()
}

/// Puts the inputs of an action into a text; every other expression is a fault of the test.
fn expanded(text: &str, inputs: &BTreeMap<&str, &str>) -> String {
    let mut result = text.to_owned();
    for (name, value) in inputs {
        result = result.replace(&format!("${{{{ inputs.{name} }}}}"), value);
    }
    assert!(!result.contains("${{"), "an expression that the test does not know: {result}");
    result
}

/// Runs the steps of the action as a runner would, until one fails; gives each step's name, exit code and output.
fn run_action(project: &Project, inputs: &BTreeMap<&str, &str>) -> Vec<(String, i32, String)> {
    let action = yaml("action.yml");
    let mut done = Vec::new();
    let mut failed = false;
    for step in action["runs"]["steps"].as_array().unwrap() {
        let due = match step["if"].as_str() {
            None => !failed,
            Some("${{ inputs.gate == 'true' && !cancelled() }}") => inputs["gate"] == "true",
            Some("${{ !cancelled() }}") => true,
            Some("${{ inputs.sarif != '' && !cancelled() }}") => !inputs["sarif"].is_empty(),
            Some(other) => panic!("a condition that the test does not know: {other}"),
        };
        if !due {
            continue;
        }
        assert_eq!(step["shell"], "bash");
        let mut command = project.command("bash");
        // As GitHub starts bash in a composite action.
        command.args([
            "--noprofile",
            "--norc",
            "-e",
            "-o",
            "pipefail",
            "-c",
            &expanded(step["run"].as_str().unwrap(), inputs),
        ]);
        command.env("GITHUB_ACTION_PATH", workspace()).env("RUNNER_TEMP", project.path().join(".home"));
        command.env("GITHUB_PATH", project.path().join(".home/path"));
        if let Some(folder) = step["working-directory"].as_str() {
            command.current_dir(project.path().join(expanded(folder, inputs)));
        }
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, expanded(value.as_str().unwrap(), inputs));
        }
        let output = command.output().unwrap();
        failed |= !output.status.success();
        done.push((step["name"].as_str().unwrap().to_owned(), output.status.code().unwrap(), text(&output)));
    }
    done
}

fn inputs() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([("working-directory", "."), ("base", ""), ("gate", "true"), ("sarif", "findings.sarif")])
}

#[test]
fn the_action_passes_a_valid_project_and_annotates_a_wrong_document() {
    let project = Project::new();
    for (name, code, said) in run_action(&project, &inputs()) {
        assert_eq!(code, 0, "{name}: {said}");
    }

    project.write("config/eu.yaml", "port: \"80\"\n");
    let steps = run_action(&project, &inputs());
    let (_, code, said) = steps.iter().find(|(name, ..)| name == "Check settings documents").unwrap();
    assert_eq!(*code, 1, "{said}");
    assert!(said.contains("::error ") && said.contains("file=config/eu.yaml") && said.contains("line=1"), "{said}");
    let sarif: Value = serde_json::from_slice(&fs::read(project.path().join("findings.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "type-mismatch");
    assert_eq!(steps.last().unwrap().1, 0, "writing the report is no failure");
}

#[test]
fn the_action_declares_every_input_that_its_steps_use() {
    let action = yaml("action.yml");
    let declared: Vec<&String> = action["inputs"].as_object().unwrap().keys().collect();
    assert_eq!(declared, ["base", "gate", "sarif", "working-directory"]);
    let known = inputs();
    assert!(declared.iter().all(|name| known.contains_key(name.as_str())));
}

#[test]
fn the_gitlab_job_leaves_a_quality_report_and_fails_with_the_check() {
    let job = yaml("examples/gitlab-ci.yml")["setpoint"].clone();
    let script: Vec<&str> = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    for (document, code, findings) in [("port: 80\n", 0, 0), ("port: eighty\n", 1, 1)] {
        let project = Project::new();
        project.write("config/eu.yaml", document);
        let output = project.command("bash").args(["-e", "-c", &script.join("\n")]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", text(&output));
        let report = job["artifacts"]["reports"]["codequality"].as_str().unwrap();
        let report: Value = serde_json::from_slice(&fs::read(project.path().join(report)).unwrap()).unwrap();
        assert_eq!(report.as_array().unwrap().len(), findings);
    }
}
