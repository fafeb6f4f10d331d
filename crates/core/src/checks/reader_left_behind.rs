//! A running service cannot read the new version.

use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place, Retry, RetryWhen};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a service among the `readers` of the family that reads neither the version to which the migration leads nor a
    /// later one.
    ///
    /// ## Why it matters
    /// Once the migration is applied there are documents at the new version, and such a service cannot read them.
    ///
    /// ## Example
    /// ```toml
    /// readers = { api = [1, 2], worker = [1] }   # and a migration to version 2
    /// ```
    ///
    /// ## How to fix
    /// Deploy a release of the service that reads both versions first, then say so under `readers` in `setpoint.toml`.
    pub READER_LEFT_BEHIND = "reader-left-behind", Error, "a running service cannot read the new version";
}

/// The finding.
pub fn draft(reader: &str, versions: &[u32], to: u32) -> Draft {
    let reader = describe::printable(reader);
    let mut known = versions.to_vec();
    known.sort_unstable();
    known.dedup();
    let known: Vec<String> = known.iter().map(ToString::to_string).collect();
    let reads = match known.as_slice() {
        [] => "no version".to_owned(),
        [only] => format!("version {only} only"),
        _ => format!("versions {} only", describe::all(&known)),
    };
    let place = Pointer::root().child("to");
    let message = format!("`{reader}` reads {reads}, and could not read documents at version {to}");
    let expected = Expected::text(format!("a reader of version {to}"));
    let mut draft = Draft::new(&READER_LEFT_BEHIND, place.clone(), Place::Value(place), message, expected);
    draft.retry = Retry {
        when: RetryWhen::AfterEdit,
        text: "after the service is deployed and `setpoint.toml` says so; the migration itself need not change".into(),
    };
    draft.help(format!(
        "deploy a release of `{reader}` which reads both versions first, then add {to} to its `readers` in `setpoint.toml`"
    ))
}
