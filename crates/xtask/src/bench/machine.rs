//! Where and with what it was measured: figures without that say nothing.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use serde_json::{Value, json};

use super::{Effort, peers};
use crate::process;

/// A machine, the day, and the versions of everything that took part.
pub struct Machine {
    facts: Vec<(&'static str, String)>,
}

impl Machine {
    /// A list for people.
    pub fn markdown(&self) -> String {
        let lines = self.facts.iter().map(|(name, value)| format!("- {name}: {value}\n"));
        format!("# Measured by `cargo xtask bench`\n\n{}", lines.collect::<String>())
    }

    /// An object for programs.
    pub fn json(&self) -> Value {
        self.facts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

/// Describes this machine.
pub fn describe(effort: Effort) -> anyhow::Result<Machine> {
    let cores = available_parallelism().map_or(1, usize::from);
    let processor = first_value("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = first_value("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    let mut facts = vec![
        ("date", said("date", &["-u", "+%Y-%m-%d"])?),
        ("machine", format!("{processor}, {cores} cores, {memory} of memory, {}", std::env::consts::OS)),
        ("load when it began", load),
        ("commit", said("git", &["rev-parse", "--short=12", "HEAD"])?),
        ("rustc", said("rustc", &["--version"])?),
        ("Node", said("node", &["--version"])?),
        ("peers", peers::versions()?),
    ];
    if effort.quick {
        facts.push(("effort", "quick: a tenth of the runs, to see that it works".to_owned()));
    }
    Ok(Machine { facts })
}

fn said(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(crate::workspace::root());
    Ok(process::output(&mut command, "describing the machine")?.trim().to_owned())
}

/// The value in the first `NAME : VALUE` of a file.
fn first_value(file: &str, name: &str) -> Option<String> {
    value_in(&fs::read_to_string(file).ok()?, name)
}

fn value_in(text: &str, name: &str) -> Option<String> {
    let (_, value) = text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == name)?;
    Some(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_name() {
        let text = "processor\t: 0\nmodel name\t: A Processor\nmodel name\t: Another\n";
        assert_eq!(value_in(text, "model name").as_deref(), Some("A Processor"));
        assert_eq!(value_in(text, "model"), None);
    }
}
