//! Who is looking: colour, width, and a place for complaints.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;

use crate::error::CommandError;

/// Width of a report that goes to a file or a pipe.
const DEFAULT_WIDTH: usize = 120;

/// Whether a report is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set; CLICOLOR_FORCE colours pipes too
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Whether to colour standard output.
    pub(crate) fn is_on(self) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let variable = |name: &str| std::env::var(name).unwrap_or_default();
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto if set("CLICOLOR_FORCE") && variable("CLICOLOR_FORCE") != "0" => true,
            Self::Auto => variable("TERM") != "dumb" && variable("CLICOLOR") != "0" && io::stdout().is_terminal(),
        }
    }
}

/// Columns of the terminal that standard output goes to.
pub(crate) fn width() -> usize {
    match terminal_size::terminal_size() {
        Some((terminal_size::Width(columns), _)) if io::stdout().is_terminal() => usize::from(columns),
        _ => DEFAULT_WIDTH,
    }
}

/// Whether a person sees what goes to standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Whether a person sees what goes to standard output.
pub(crate) fn is_shown() -> bool {
    io::stdout().is_terminal()
}

/// Writes to standard output. A closed pipe ends the output, nothing else.
///
/// # Errors
/// When the output cannot be written, on a full disk for example.
pub(crate) fn print(text: &[u8]) -> Result<(), CommandError> {
    let mut out = io::stdout();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::file("write", "standard output".as_ref(), &error))
        }
        _ => Ok(()),
    }
}

/// Says on standard error what went wrong.
pub(crate) fn complain(message: &str) {
    // Nobody is left to tell when even this fails.
    let _ = writeln!(io::stderr(), "error: {message}");
}

/// Says on standard error what was done.
pub(crate) fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}
