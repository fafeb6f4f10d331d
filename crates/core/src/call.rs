//! The typed boundary: a call and an answer for every operation. Guest, web module and tests use these and
//! nothing else. Calls and answers travel as JSON; document text travels beside them as bytes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Literal, Span};
pub use crate::migration::chain::Complement;
use crate::pointer::Pointer;
use crate::report::DocumentReport;
use crate::source::{Format, Node};

/// The answer to loading a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadAnswer {
    /// The digest of the bundle, `sha256:…`.
    pub bundle: String,
    /// The version of the core.
    pub core: String,
    /// One report per schema file that has findings. A family whose schema has an error cannot be checked
    /// against: its documents get a finding that says so.
    pub reports: Vec<DocumentReport>,
}

/// Check one document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckCall {
    /// What to call the document in the report.
    pub file: String,
    /// The family; may be left out when the bundle has just one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settings: Option<String>,
    /// The version; otherwise the one the document declares, otherwise the current one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u32>,
    /// The format; otherwise told from the file name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<Format>,
    /// What the document was before a change: rules about changes are asked then, and what was wrong already at a place that
    /// the change did not touch is debt.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<GateDocument>,
    /// What was wrong already is wrong still.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub no_ratchet: bool,
}

/// The answer to [`CheckCall`].
pub type CheckAnswer = DocumentReport;

/// The answer to checking many lines, each a JSON document (the call is a [`CheckCall`] too).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesAnswer {
    /// Lines that hold a document (blank lines do not count).
    pub documents: usize,
    /// One report for each line with findings; `file` is `FILE:LINE`, lines counted from `first_line`.
    pub reports: Vec<DocumentReport>,
}

/// Gate one migration on the documents at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateCall {
    /// The family.
    pub settings: String,
    /// The migration's file name as it stands in the bundle.
    pub migration: String,
    /// The documents at hand.
    pub documents: Vec<GateDocument>,
    /// The versions that each running service reads.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub readers: BTreeMap<String, Vec<u32>>,
    /// Whether the migration has been rehearsed; not asked when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rehearsal: Option<Rehearsal>,
}

/// What is known of the rehearsal of a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// What the receipt file is called.
    pub file: String,
    /// Its text; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub receipt: Option<String>,
    /// Now, RFC 3339 in UTC: the core has no clock.
    pub now: String,
    /// Days after which a receipt is too old.
    pub days: u32,
    /// Whether the migration is refused without a valid receipt; otherwise its lack is a warning.
    pub required: bool,
}

/// What a rehearsal depends on, each as `sha256:…` of a text. A receipt counts only while none of it has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// The schema of the version before, with the shared schema files.
    pub old_schema: String,
    /// The schema of the version after, with the shared schema files.
    pub new_schema: String,
    /// The migration file.
    pub migration: String,
    /// All rule files of the family.
    pub rules: String,
    /// The bundle: all of the above, everything beside it, and the options.
    pub bundle: String,
    /// The version of the core, which is no digest.
    pub core: String,
}

/// A document for the gate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateDocument {
    /// What to call it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The format; otherwise told from the file name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<Format>,
    /// The version that it is known to have; otherwise the one it declares.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u32>,
}

impl GateDocument {
    /// The format that its text is read in.
    #[must_use]
    pub fn reads_as(&self) -> Format {
        self.format.or_else(|| Format::of_file(&self.file)).unwrap_or(Format::Json)
    }
}

/// The answer to [`GateCall`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateAnswer {
    /// The report on the migration file.
    pub report: DocumentReport,
    /// What the file says of itself; absent when its form is wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub about: Option<About>,
    /// Documents that went up, down again and were compared.
    pub converted: usize,
    /// Documents that are at another version and were left out.
    pub skipped: usize,
    /// Documents made from the old schema that went up, down again and were compared.
    pub generated: usize,
    /// Documents made from the new schema that went down, like ones that are written after the migration.
    pub written: usize,
    /// What such documents lose on the way down: a place, and in how many of them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub losses: Vec<(Pointer, usize)>,
    /// The steps, and whether each knows its way back.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub steps: Vec<StepAnswer>,
    /// What a receipt of a rehearsal has to name; absent when the migration or one of its schemas is not there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digests: Option<Digests>,
}

/// What a migration file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub migration: String,
    /// The version before.
    pub from: u32,
    /// The version after.
    pub to: u32,
    /// Who answers for it.
    pub owner: String,
    /// What it is expected to do.
    pub expected: String,
}

/// Whether a step knows its way back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// By itself, on every document that was tried.
    #[default]
    Exact,
    /// With what it keeps beside a document.
    Complement,
    /// Not for values that are written at the new version.
    Lossy,
}

/// For which documents it is proved that a step keeps nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// For none; only documents that were tried can tell.
    #[default]
    None,
    /// For those that are valid at the old version and have no member that its schema does not speak of.
    Declared,
    /// For all that are valid at the old version.
    Valid,
}

/// What is known of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepAnswer {
    /// The place of the step in the migration file.
    pub step: Pointer,
    /// What the author calls it.
    pub name: String,
    /// Whether it knows its way back.
    pub nature: Nature,
    /// How many of the documents that were tried it kept something for.
    pub kept: usize,
    /// What it keeps, where it kept something.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keeps: Option<String>,
    /// For which documents the schema of the old version proves that it keeps nothing.
    #[serde(default)]
    pub proved: Proof,
}

/// Take one document from one version to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvertCall {
    /// What to call the document.
    pub file: String,
    /// The family; may be left out when the bundle has just one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settings: Option<String>,
    /// The version that it is at; otherwise the one it declares, otherwise the current one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<u32>,
    /// The version that is wanted.
    pub to: u32,
    /// The format; otherwise told from the file name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<Format>,
    /// What the conversion before this one left.
    #[serde(skip_serializing_if = "Complement::is_empty", default)]
    pub complement: Complement,
    /// Whether to say what the wanted version has no place for; it costs a second conversion.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub losses: bool,
    /// Whether the layout of the text means nothing, as in a column that keeps values: what comes out is JSON in one line, and
    /// nothing is kept for the layout of the way back. Only for JSON.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub compact: bool,
}

/// The answer to [`ConvertCall`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConvertAnswer {
    /// The document in its format, with its comments and its layout; absent when it could not be converted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document: Option<String>,
    /// What the way back needs, to be kept beside the document.
    #[serde(skip_serializing_if = "Complement::is_empty", default)]
    pub complement: Complement,
    /// The version that it was at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<u32>,
    /// Places, items of lists as `*`, whose values the wanted version has no place for. They are in the complement.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub losses: Vec<Pointer>,
    /// What was in the way.
    pub report: DocumentReport,
}

/// The answer to converting many lines, each a JSON document (the call is a [`ConvertCall`] too). The documents travel beside it,
/// one a line and in the order of the call; the line of one that could not be converted, or about which there is something to say, is
/// empty, and a [`ConvertCall`] for that one alone says why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConvertLinesAnswer {
    /// What converted documents leave.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub left: Vec<Left>,
}

/// What one document leaves when it goes to another version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// The line, counted from 0.
    pub line: usize,
    /// What the way back needs, to be kept beside the document.
    pub complement: Complement,
    /// As in [`ConvertAnswer`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub losses: Vec<Pointer>,
}

/// Compare what two people made of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeCall {
    /// What to call the document.
    pub file: String,
    /// The family; may be left out when the bundle has just one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settings: Option<String>,
    /// The format of all texts.
    pub format: Format,
    /// What both began with; absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base: Option<String>,
    /// What it is now.
    pub theirs: String,
    /// What it is to become.
    pub yours: String,
}

/// The answer to [`MergeCall`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeAnswer {
    /// Places that they have changed.
    pub theirs: Vec<Pointer>,
    /// Places that you have changed.
    pub yours: Vec<Pointer>,
    /// Places that both have changed, and not in the same way.
    pub conflicts: Vec<Pointer>,
    /// Your text with what they have changed, and what you have at conflicts. Absent when a text cannot be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub merged: Option<String>,
    /// What stands in your text that cannot be read.
    pub report: DocumentReport,
}

/// What a form shows of a document; asked for with a [`CheckCall`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueAnswer {
    /// The document as JSON, with its author's digits and order of keys. Absent when it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<Literal>,
    /// The version whose schema tells what is a secret; absent when that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u32>,
    /// Places whose values are not to be shown.
    pub secrets: Vec<Pointer>,
    /// Where they stand in the text; of a text that cannot be read, all of it when there may be any.
    pub hidden: Vec<Span>,
    /// Places of numbers that a double does not hold: whoever reads them as one shows another number.
    pub inexact: Vec<Pointer>,
}

/// Change a document place by place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditCall {
    /// What to call the document.
    pub file: String,
    /// The format of the text.
    pub format: Format,
    /// The changes, one after the other: a JSON Patch (RFC 6902).
    pub patch: Vec<Operation>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// What is done.
    pub op: Patch,
    /// Where.
    pub path: Pointer,
    /// From where, for `move` and `copy`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<Pointer>,
    /// What, for `add`, `replace` and `test`.
    #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "present")]
    pub value: Option<Node>,
}

/// A value that is there, `null` included.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Node>, D::Error> {
    Node::deserialize(deserializer).map(Some)
}

/// What is done to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Patch {
    /// A member is set; an item is put before the one at its place, `-` being behind the last.
    Add,
    /// What is there goes.
    Remove,
    /// What is there becomes something else.
    Replace,
    /// What is somewhere else goes here.
    Move,
    /// What is somewhere else is here too.
    Copy,
    /// What is there has to be this.
    Test,
}

/// The answer to [`EditCall`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditAnswer {
    /// The text, with the layout of what has not changed. Absent when the text before cannot be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// What stands in the text before that cannot be read.
    pub report: DocumentReport,
}

/// The answer to trying the examples beside rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesAnswer {
    /// Rules in rule files that can be used.
    pub rules: usize,
    /// Examples.
    pub cases: usize,
    /// Examples that came out as their authors say.
    pub passed: usize,
    /// Rules of which no example fails.
    pub without_failing_case: Vec<String>,
    /// One report for each rule file.
    pub reports: Vec<DocumentReport>,
}

/// One version of one family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// The family.
    pub settings: String,
    /// The version; the current one when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u32>,
}

/// Which documents an answer about two schemas is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Every document that the schema accepts.
    #[default]
    Any,
    /// Of those, the ones with no member that the schema does not speak of.
    Declared,
    /// The documents at hand.
    Documents,
}

/// Who must be able to read what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The new schema accepts old documents.
    #[default]
    Backward,
    /// The old schema accepts new documents.
    Forward,
    /// Both.
    Full,
}

/// An undecided answer that somebody has looked at and answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// Why it is right to go on.
    pub reason: String,
    /// Who says so.
    pub owner: String,
}

/// Compare two schemas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompareCall {
    /// The schema that documents were written for.
    pub old: Edition,
    /// The schema that is to take its place.
    pub new: Edition,
    /// The documents at hand, written for the old schema.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub documents: Vec<GateDocument>,
    /// The reading that findings are about.
    #[serde(default)]
    pub reading: Reading,
    /// The direction that findings are about.
    #[serde(default)]
    pub direction: Direction,
    /// What is undecided and accepted.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub accepted: Vec<Accepted>,
}

/// What is known of two schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Proved: every document is still accepted.
    Compatible,
    /// Neither proved nor refuted.
    Undecided,
    /// Refuted by a document.
    Breaking,
}

/// Why a relation holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// A document that the one schema accepts and the other refuses; both validators were asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub witness: Option<Literal>,
    /// What the refusing schema says about the witness.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub finding: Option<Finding>,
    /// A step of the proof, or what changed, or what stopped the proof, as a person would say it.
    pub reason: String,
    /// The place in the accepting schema, `FILE#POINTER`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    /// The place in the other schema, `FILE#POINTER`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<String>,
}

/// One direction of one reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is known.
    pub relation: Relation,
    /// Why.
    pub evidence: Vec<Evidence>,
}

/// Both directions of one reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directions {
    /// Old documents, new schema.
    pub backward: Comparison,
    /// New documents, old schema.
    pub forward: Comparison,
    /// The worse of the two.
    pub full: Relation,
}

/// What became of the documents at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtHand {
    /// Documents that the old schema accepts.
    pub documents: usize,
    /// Of those, the ones that the new schema refuses.
    pub breaking: usize,
    /// Documents that the old schema refuses, or that could not be read; they say nothing.
    pub left_out: usize,
    /// Where the breaking ones break, and how many of them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub places: Vec<(Pointer, usize)>,
    /// The names of the first of them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub files: Vec<String>,
}

/// The answer to [`CompareCall`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareAnswer {
    /// The old schema file.
    pub from: String,
    /// The new schema file.
    pub to: String,
    /// For any document that a schema accepts. Absent when a schema cannot be used.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub any: Option<Directions>,
    /// For documents with declared members only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared: Option<Directions>,
    /// For the documents at hand; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_hand: Option<AtHand>,
    /// Findings in schema files: what breaks and what is undecided in the reading and direction of the call.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reports: Vec<DocumentReport>,
}
