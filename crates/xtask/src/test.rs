//! `cargo xtask test`: everything that continuous integration runs, in the order in which it fails soonest.

use std::time::Instant;

use anyhow::{Context, bail};

use crate::{build, process, system, web};

/// The crates that are built for WebAssembly only.
const WASM_CRATES: [&str; 2] = ["setpoint-guest", "setpoint-web"];

/// What a step came to.
enum Done {
    Passed,
    /// Left out, for this reason.
    Skipped(String),
}

struct Step {
    name: &'static str,
    run: fn() -> anyhow::Result<Done>,
}

const STEPS: &[Step] = &[
    Step { name: "formatting", run: formatting },
    Step { name: "guest and command line", run: command_line },
    Step { name: "npm package and page, in Node and Chromium", run: web_tests },
    Step { name: "lints, native", run: native_lints },
    Step { name: "lints, WebAssembly", run: wasm_lints },
    Step { name: "tests of all crates, in all hosts", run: crate_tests },
];

/// Runs everything; stops at the first step that fails.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    if !arguments.is_empty() {
        bail!("expected no argument");
    }
    let start = Instant::now();
    let mut skipped = Vec::new();
    for step in STEPS {
        let begun = Instant::now();
        println!("== {}", step.name);
        match (step.run)().with_context(|| format!("`{}` failed", step.name))? {
            Done::Passed => println!("== {}: passed in {} s", step.name, begun.elapsed().as_secs()),
            Done::Skipped(reason) if is_ci() => bail!("`{}` cannot be skipped with CI=true: {reason}", step.name),
            Done::Skipped(reason) => skipped.push(format!("{}: {reason}", step.name)),
        }
    }
    for line in &skipped {
        println!("skipped {line}");
    }
    println!("all steps but {} skipped ones passed in {} s", skipped.len(), start.elapsed().as_secs());
    println!("{} passed, 0 failed, {} skipped", STEPS.len() - skipped.len(), skipped.len());
    Ok(())
}

/// Whether nothing may be left out.
pub fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}

fn formatting() -> anyhow::Result<Done> {
    process::run(process::cargo().args(["fmt", "--all", "--check"]), "checking the formatting")?;
    Ok(Done::Passed)
}

fn command_line() -> anyhow::Result<Done> {
    build::run(&[])?;
    Ok(Done::Passed)
}

fn web_tests() -> anyhow::Result<Done> {
    let skipped = web::test()?;
    Ok(if skipped.is_empty() { Done::Passed } else { Done::Skipped(skipped.join("; ")) })
}

fn native_lints() -> anyhow::Result<Done> {
    let mut clippy = process::cargo();
    clippy.args(["clippy", "--workspace", "--all-targets", "--quiet"]);
    for package in WASM_CRATES {
        clippy.args(["--exclude", package]);
    }
    process::run(clippy.args(["--", "--deny", "warnings"]), "looking for lints")?;
    Ok(Done::Passed)
}

fn wasm_lints() -> anyhow::Result<Done> {
    for (packages, features) in [(&WASM_CRATES[..], ""), (&WASM_CRATES[1..], "compare")] {
        let mut clippy = process::cargo();
        clippy.args(["clippy", "--quiet", "--target", "wasm32-unknown-unknown", "--features", features]);
        for package in packages {
            clippy.args(["--package", package]);
        }
        process::run(clippy.args(["--", "--deny", "warnings"]), "looking for lints in the WebAssembly crates")?;
    }
    Ok(Done::Passed)
}

fn crate_tests() -> anyhow::Result<Done> {
    system::ensure_postgres()?;
    let mut test = process::cargo();
    // The browser module has parts that need no browser; the guest has none.
    test.args(["test", "--workspace", "--no-fail-fast", "--exclude", "setpoint-guest"]);
    process::run(&mut test, "testing all crates")?;
    Ok(Done::Passed)
}
