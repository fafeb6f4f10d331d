//! Developer commands: `cargo xtask COMMAND`.
//!
//! One file per command; this one only dispatches. What commands have in common lives in [`process`] (running
//! programs, bounded in time), [`stamp`] (leaving out what is up to date) and [`workspace`] (where things are).

mod bench;
mod build;
mod demo;
mod install;
mod new_check;
mod process;
mod stamp;
mod system;
mod test;
mod web;
mod workspace;

use std::process::ExitCode;

/// A command: its name, what it does, and the function that does it with the arguments behind its name.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> anyhow::Result<()>,
}

const COMMANDS: &[Command] = &[
    Command { name: "demo", about: "build what is needed, and check and gate the example project", run: demo::run },
    Command {
        name: "build",
        about: "build the guest, compile it ahead of time and build the command line",
        run: build::run,
    },
    Command { name: "web", about: "build the npm package and the page", run: web::run },
    Command { name: "test", about: "everything that continuous integration runs", run: test::run },
    Command { name: "bench", about: "measure setpoint beside its peers", run: bench::run },
    Command { name: "install", about: "build setpoint as users get it, and install it", run: install::run },
    Command { name: "new-check", about: "start a check: its file, its page, its test case", run: new_check::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print_commands();
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print_commands();
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("error: `{name}` is not a command of xtask");
        print_commands();
        return ExitCode::from(2);
    };
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn print_commands() {
    eprintln!("usage: cargo xtask COMMAND");
    for command in COMMANDS {
        eprintln!("  {:10} {}", command.name, command.about);
    }
}
