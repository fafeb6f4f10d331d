//! `cargo xtask bench [--quick] [SECTION...]`: Setpoint beside its peers, on this machine, in one go.
//!
//! The peers come from their registries, pinned by the lock files in `benches/`. One section is one question and one
//! file; each says what it measured, how often, and whether the target is met. The results are printed as Markdown
//! and left in `target/bench/results.md` and `results.json`.
//!
//! What does not live here: tests. Nothing in the test suites looks at a clock.

mod apply;
mod contest;
mod convert;
mod editor;
mod evolution;
mod guest;
mod lines;
mod machine;
mod many_files;
mod migration;
mod node;
mod one_file;
mod peers;
mod results;
mod rules;
mod sample;
mod serve;
mod sizes;
mod statistics;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::{build, process, workspace};
use results::{Results, Section};

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    /// A tenth of the runs: to see whether everything works, not to publish.
    pub quick: bool,
}

impl Effort {
    /// `full` runs, or a tenth of them and at least three.
    fn runs(self, full: usize) -> usize {
        if self.quick { (full / 10).max(3) } else { full }
    }
}

struct Entry {
    name: &'static str,
    measure: fn(Effort) -> anyhow::Result<Section>,
}

const SECTIONS: &[Entry] = &[
    Entry { name: "one-file", measure: one_file::measure },
    Entry { name: "many-files", measure: many_files::measure },
    Entry { name: "lines", measure: lines::measure },
    Entry { name: "guest", measure: guest::measure },
    Entry { name: "node", measure: node::measure },
    Entry { name: "rules", measure: rules::measure },
    Entry { name: "sizes", measure: sizes::measure },
    Entry { name: "evolution", measure: evolution::measure },
    Entry { name: "convert", measure: convert::measure },
    Entry { name: "apply", measure: apply::measure },
    Entry { name: "serve", measure: serve::measure },
    Entry { name: "editor", measure: editor::measure },
];

/// Measures the named sections, or all.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let (effort, chosen) = read(arguments)?;
    fs::create_dir_all(folder()).with_context(|| format!("`{}` cannot be made", folder().display()))?;
    // Building and installing come first: nothing else may run while something is measured.
    setpoint()?;
    peers::install()?;
    let mut results = Results { machine: machine::describe(effort)?, sections: Vec::new() };
    for entry in chosen {
        eprintln!("measuring {}", entry.name);
        let section = (entry.measure)(effort).with_context(|| format!("measuring `{}` failed", entry.name))?;
        results.sections.push(section);
        // After each section, so that an interrupted run leaves something.
        write("results.md", &results.markdown())?;
        write("results.json", &results.json()?)?;
    }
    println!("{}", results.markdown());
    Ok(())
}

fn read(arguments: &[String]) -> anyhow::Result<(Effort, Vec<&'static Entry>)> {
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let mut chosen = Vec::new();
    for name in arguments.iter().filter(|argument| *argument != "--quick") {
        let Some(entry) = SECTIONS.iter().find(|entry| entry.name == name) else {
            let known: Vec<String> = SECTIONS.iter().map(|entry| format!("`{}`", entry.name)).collect();
            bail!("`{name}` is not a section; expected `--quick` or one of {}", known.join(", "));
        };
        chosen.push(entry);
    }
    if chosen.is_empty() {
        chosen.extend(SECTIONS);
    }
    Ok((Effort { quick }, chosen))
}

/// Where everything that is measured, and the results, are kept.
fn folder() -> PathBuf {
    workspace::target().join("bench")
}

/// Where scripts and lock files are.
fn sources() -> PathBuf {
    workspace::root().join("benches")
}

/// The command line as users get it, built when it is not up to date.
fn setpoint() -> anyhow::Result<PathBuf> {
    build::guest_image()?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--profile", "dist", "--package", "setpoint-cli"]);
    process::run(&mut cargo, "building setpoint as users get it")?;
    Ok(workspace::target().join("dist").join(format!("setpoint{}", std::env::consts::EXE_SUFFIX)))
}

fn write(name: &str, text: &str) -> anyhow::Result<()> {
    let file = folder().join(name);
    fs::write(&file, text).with_context(|| format!("`{}` cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn names(arguments: &[&str]) -> Vec<&'static str> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        read(&arguments).unwrap().1.iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn without_names_every_section_is_measured() {
        assert_eq!(names(&["--quick"]).len(), SECTIONS.len());
        assert_eq!(names(&["node", "sizes"]), ["node", "sizes"]);
    }

    #[test]
    fn an_unknown_section_is_refused_with_the_known_ones() {
        let error = read(&["nodes".to_owned()]).err().unwrap().to_string();
        assert!(error.starts_with("`nodes` is not a section") && error.contains("`node`"), "{error}");
    }

    #[test]
    fn quick_means_a_tenth_but_never_fewer_than_three() {
        assert_eq!(Effort { quick: true }.runs(40), 4);
        assert_eq!(Effort { quick: true }.runs(10), 3);
        assert_eq!(Effort { quick: false }.runs(10), 10);
    }
}
