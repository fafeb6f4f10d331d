//! Whether old documents stay valid could not be decided.

use crate::call::Evidence;
use crate::declare_check;
use crate::finding::{Draft, Expected, Place};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Says that a change of a schema was neither proved compatible nor refuted by a document, and which keyword stopped the
    /// proof.
    ///
    /// ## Why it matters
    /// Guessing either way is worse than saying so. The verdict is undecided (exit code 3) until somebody decides.
    ///
    /// ## Example
    /// ```text
    /// undecided[schema-undecided]: `unevaluatedItems` stopped the proof that old documents stay valid
    /// ```
    ///
    /// ## How to fix
    /// Check your documents with `--documents`. If the change is right, accept this one finding in the project file by its
    /// fingerprint, with a reason and an owner; other changes are still looked at.
    pub SCHEMA_UNDECIDED = "schema-undecided", Undecided, "a schema change could not be decided";
}

/// The finding; `at` is the place in the schema where the proof stopped.
pub fn draft(at: Pointer, evidence: &Evidence, accepting: &str) -> Draft {
    let expected = Expected::text(format!("a schema that surely accepts every document which `{accepting}` accepts"));
    let mut draft = Draft::new(&SCHEMA_UNDECIDED, at.clone(), Place::Value(at), evidence.reason.clone(), expected)
        .help("try the documents at hand with `--documents`, or accept it by its fingerprint in the project file");
    draft.keyword = evidence.to.clone().unwrap_or_default();
    draft
}
