//! `yaml-merge-key`: `<<` merges for some readers and is a key like any other for YAML 1.2.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports the plain key `<<` in YAML.
    ///
    /// ## Why it matters
    ///
    /// The merge key was a proposal for YAML 1.1. YAML 1.2 does not have it: there `<<` is a key named `<<`, nothing is
    /// merged, and so Setpoint reads it. A reader that does not merge misses every setting behind it.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// defaults: &defaults { retries: 3 }
    /// service:
    ///   <<: *defaults
    /// ```
    ///
    /// ## How to fix
    ///
    /// Write the members out, or move the defaults into the program that reads the file.
    pub YAML_MERGE_KEY = "yaml-merge-key", Warning, "a merge key, which YAML 1.2 does not merge";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &YAML_MERGE_KEY,
        instance,
        Place::Bytes(start, end),
        "the merge key `<<` merges nothing in YAML 1.2",
        Expected::text("the members written out"),
    )
    .help("write the members out; readers of YAML 1.1 merge here, readers of YAML 1.2 do not")
}
