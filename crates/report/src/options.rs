//! What the caller decides about the looks of a report.

use setpoint_core::check::Check;

/// How to render. The default suits a pipe: no colour, 120 columns.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether text has ANSI colours.
    pub color: bool,
    /// Terminal columns; excerpts of longer lines show a window around the fault. Below 40 it counts as 40.
    pub width: usize,
    /// Whether to point at `setpoint check --fix`. Off where it cannot help: standard input, database rows.
    pub fix_hint: bool,
    /// Finds a check by its code, for the rule texts of SARIF; by default among all checks of the core. A code it does
    /// not know gets a text made of its name.
    pub describe: fn(&str) -> Option<&'static Check>,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 120, fix_hint: true, describe: setpoint_core::checks::find }
    }
}
