//! A document that the old schema accepts is refused by the new one.

use crate::call::Evidence;
use crate::declare_check;
use crate::explain::describe;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a change of a schema that refuses documents which were valid before. The smallest such document is shown; the
    /// validators of both schemas were asked about it.
    ///
    /// ## Why it matters
    /// Stored documents outlive the schema that they were written for. Each one like the witness can no longer be read, and a
    /// service that writes it is refused.
    ///
    /// ## Example
    /// ```text
    /// error[schema-breaking]: `/timeout_s` was optional, is now required
    ///   = note: accepted before, refused now: {}
    /// ```
    ///
    /// ## How to fix
    /// Make the new schema accept the witness: make a new key optional, keep old values in the enumeration, widen the range.
    /// Where the shape has to change, give the new schema a version of its own and write a migration that converts documents:
    /// `setpoint migrate new NAME` starts one.
    pub SCHEMA_BREAKING = "schema-breaking", Error, "a schema change refuses documents that were valid";
}

/// The finding; `at` is the place in the schema that refuses.
pub fn draft(at: Pointer, evidence: &Evidence, accepting: &str) -> Draft {
    let expected = Expected::text(format!("a schema that accepts every document which `{accepting}` accepts"));
    let mut draft = Draft::new(&SCHEMA_BREAKING, at.clone(), Place::Value(at), evidence.reason.clone(), expected)
        .help("accept both, for example by making the key optional; or give the new schema a version of its own: `setpoint migrate new NAME` starts the migration");
    draft.keyword = evidence.to.clone().unwrap_or_default();
    if let Some(witness) = &evidence.witness {
        draft =
            draft.related(format!("accepted before, refused now: {}", describe::cut(witness.as_str())), Place::File);
    }
    match &evidence.finding {
        Some(finding) => draft.related(format!("the refusal: {}", finding.message), Place::File),
        None => draft,
    }
}
