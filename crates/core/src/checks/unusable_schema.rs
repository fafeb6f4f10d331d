//! A document cannot be checked because its schema has errors.

use crate::declare_check;
use crate::finding::{Draft, Expected, Place, Retry, RetryWhen};
use crate::pointer::Pointer;

declare_check! {
    /// ## What it does
    /// Reports a document whose schema, or a schema that this one refers to, has errors of its own. The errors are
    /// reported in the schema file.
    ///
    /// ## Why it matters
    /// A document that was not checked must not pass.
    ///
    /// ## Example
    /// ```text
    /// error[unusable-schema]: `config/eu.yaml` cannot be checked: `schemas/billing/v2.json` has errors
    /// ```
    ///
    /// ## How to fix
    /// Fix the findings of the schema file first.
    pub UNUSABLE_SCHEMA = "unusable-schema", Error, "the schema of the document has errors";
}

/// The finding.
pub fn draft(schema: &str) -> Draft {
    let mut draft = Draft::new(
        &UNUSABLE_SCHEMA,
        Pointer::root(),
        Place::File,
        format!("the document cannot be checked, because its schema `{schema}` has errors"),
        Expected::text(format!("a schema `{schema}` without errors")),
    )
    .help(format!("fix the findings of `{schema}` first"));
    draft.retry =
        Retry { when: RetryWhen::AfterEdit, text: "fix the schema; the document itself was not looked at".into() };
    draft
}
