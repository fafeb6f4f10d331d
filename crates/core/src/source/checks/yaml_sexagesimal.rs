//! `yaml-sexagesimal`: `12:30` is a string for some readers and 750 for others.

use crate::declare_check;
use crate::finding::{Draft, Edit, Expected, Place, Safety};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports plain text such as `12:30` or `12:30:00` in YAML.
    ///
    /// ## Why it matters
    ///
    /// YAML 1.2 reads a string, and so does Setpoint. YAML 1.1 reads a number to the base of 60, and so does PyYAML:
    /// `12:30` becomes 750. Times of day and port mappings are what it hits.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// maintenance: 22:30
    /// ports: [22:22]
    /// ```
    ///
    /// ## How to fix
    ///
    /// Put quotes around it; `setpoint check --fix` does this.
    pub YAML_SEXAGESIMAL = "yaml-sexagesimal", Warning, "text that is a number to the base of 60 for some YAML readers";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    let quote = |at| Edit { start: at, end: at, text: "\"".to_owned() };
    Draft::new(
        &YAML_SEXAGESIMAL,
        instance,
        Place::Bytes(start, end),
        "digits with colons are a string in YAML 1.2, but a base 60 number for YAML 1.1 readers such as PyYAML",
        Expected::text("a quoted string"),
    )
    .help("put quotes around it (`setpoint check --fix` does this)")
    .fix(Safety::Safe, vec![quote(start), quote(end)])
}
