//! `yaml-octal`: `012` is twelve for some readers and ten for others.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    ///
    /// Reports an integer with a leading zero in YAML.
    ///
    /// ## Why it matters
    ///
    /// In YAML 1.2 `012` is twelve, and so Setpoint reads it. In YAML 1.1, which PyYAML, Ruby and Kubernetes follow, it
    /// is octal: ten. File modes and postal codes are what it hits.
    ///
    /// ## Example
    ///
    /// ```yaml
    /// defaultMode: 0644
    /// ```
    ///
    /// ## How to fix
    ///
    /// Drop the zero for a decimal number, quote it for a string, or write the octal number in decimal (420 for 0644).
    pub YAML_OCTAL = "yaml-octal", Warning, "an integer with a leading zero, octal for some YAML readers";
}

pub(crate) fn draft(instance: Pointer, start: usize, end: usize) -> Draft {
    Draft::new(
        &YAML_OCTAL,
        instance,
        Place::Bytes(start, end),
        "an integer with a leading zero is decimal in YAML 1.2, but octal for YAML 1.1 readers such as PyYAML",
        Expected::text("an integer without a leading zero, or a quoted string"),
    )
    .help("drop the zero, quote the string, or write the octal number in decimal")
}
