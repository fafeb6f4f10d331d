//! `cargo xtask demo`: what Setpoint says about an example project with deliberate mistakes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::{build, workspace};

/// A command of the demonstration, what to look at, and the exit code that it must have.
struct Scene {
    about: &'static str,
    arguments: &'static [&'static str],
    exit_code: i32,
}

const SCENES: &[Scene] = &[
    Scene { about: "Documents in JSON, YAML and TOML with deliberate mistakes", arguments: &["check"], exit_code: 1 },
    Scene {
        about: "What is safe to repair is repaired; comments and layout stay",
        arguments: &["check", "--fix", "config/billing/eu.yaml"],
        exit_code: 1,
    },
    Scene {
        about: "Rules say what a schema cannot; each is tried on its own cases",
        arguments: &["rules", "test"],
        exit_code: 0,
    },
    Scene {
        about: "A migration that goes up and comes back on every document",
        arguments: &["gate", "0002-group-http-settings"],
        exit_code: 0,
    },
    Scene {
        about: "A migration that leaves documents invalid",
        arguments: &["gate", "0002-requests-per-minute"],
        exit_code: 1,
    },
];

/// Builds what is needed and plays the demonstration on a copy of the example project.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    if !arguments.is_empty() {
        bail!("expected no argument");
    }
    build::run(&[])?;
    let setpoint = workspace::target().join("debug").join(format!("setpoint{}", std::env::consts::EXE_SUFFIX));
    let stage = Stage::set(&workspace::root().join("examples/billing"))?;
    for scene in SCENES {
        play(scene, &setpoint, &stage.0)?;
    }
    println!(
        "Every exit code was as expected. The project is in examples/billing; `setpoint explain CODE` tells more."
    );
    Ok(())
}

fn play(scene: &Scene, setpoint: &Path, folder: &Path) -> anyhow::Result<()> {
    println!("# {}\n$ setpoint {}", scene.about, scene.arguments.join(" "));
    let status = Command::new(setpoint)
        .args(scene.arguments)
        .current_dir(folder)
        .status()
        .with_context(|| format!("`{}` cannot be started", setpoint.display()))?;
    if status.code() != Some(scene.exit_code) {
        bail!("`setpoint {}` ended with {status}, expected exit code {}", scene.arguments.join(" "), scene.exit_code);
    }
    println!("(exit code {})\n", scene.exit_code);
    Ok(())
}

/// A copy of the example project, removed at the end.
struct Stage(PathBuf);

impl Stage {
    fn set(example: &Path) -> anyhow::Result<Self> {
        let stage = Self(std::env::temp_dir().join(format!("setpoint-demo-{}", std::process::id())));
        copy(example, &stage.0).with_context(|| format!("copying `{}`", example.display()))?;
        Ok(stage)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What is left over lies in the system's temporary folder, which is cleaned by others.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
