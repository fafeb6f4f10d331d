//! `yaml-boolean`: `no` is a string for some readers and false for others.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports `yes`, `no`, `on`, `off`, `y` and `n` (also capitalised) without quotes in YAML, as values and, for the
    /// words `yes`, `no` and `off`, as keys. The key `on` is left alone: workflow files are full of it.
    ///
    /// ## Why it matters
    ///
    /// YAML 1.2 reads them as strings, and so does Setpoint. YAML 1.1 reads them as true and false, and so do PyYAML
    /// and Ruby. The country code of Norway is the famous victim.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// countries: [de, no, se]
    /// debug: off
    /// ```
    ///
    /// ## How to fix
    ///
    /// Write `true` or `false` where a boolean is meant, and quotes where a string is meant: `"no"`.
    pub YAML_BOOLEAN = "yaml-boolean", Warning, "a word that is a boolean for some YAML readers";
}

pub(crate) fn draft(instance: Pointer, word: &str, meaning: bool, start: usize, end: usize) -> Draft {
    Draft::new(
        &YAML_BOOLEAN,
        instance,
        Place::Bytes(start, end),
        format!("`{word}` is a string in YAML 1.2, but {meaning} for YAML 1.1 readers such as PyYAML"),
        Expected::text(format!("`{meaning}`, or the word in quotes")),
    )
    .actual("a plain word that readers take differently")
    .help(format!("write `{meaning}` for the boolean or `\"{word}\"` for the string"))
}
