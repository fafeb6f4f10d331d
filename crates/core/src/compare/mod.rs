//! Comparing two schemas: will every document that the one accepts be accepted by the other?
//!
//! There are three answers. *Compatible* is proved ([`prove`]). *Breaking* is shown by a witness, a document that the
//! validators of both schemas were asked about ([`search`]). Everything else is *undecided* and names what stopped the proof.
//! A wrong proof is the one mistake that must not happen; a wrong witness cannot.

pub mod answer;
mod prove;
mod search;
mod shrink;
mod targets;

use serde_json::Value;

use crate::schema::conjunction::Conjunction;
use crate::schema::subschemas;
use crate::schema::view::View;
pub use prove::Obstacle;
use prove::Prover;
pub use search::Side;

/// Steps of one proof, and for each subschema of the new schema as many again.
const PROOF_WORK: u64 = 20_000;
const PROOF_WORK_PER_SUBSCHEMA: u64 = 4;
/// No schema counts as larger.
const MAX_SUBSCHEMAS: usize = 50_000;

/// What is known about two schemas, in one direction.
pub enum Judgement<'a> {
    /// Every document is still accepted.
    Compatible,
    /// These documents are not.
    Breaking(Vec<Value>),
    /// Not known.
    Undecided(Obstacle<'a>),
}

/// What is known for each reading.
pub struct Judgements<'a> {
    /// Of every document that the old schema accepts.
    pub any: Judgement<'a>,
    /// Of those that have no member that the old schema does not speak of.
    pub declared: Judgement<'a>,
}

/// Judges whether every document that `old` accepts is accepted by `new`.
pub fn judge<'a>(old: &Side<'a>, new: &Side<'a>, at_hand: &[Value]) -> Judgements<'a> {
    let work = PROOF_WORK + PROOF_WORK_PER_SUBSCHEMA * subschemas_of(new.root.contents);
    let prove = |declared_only| {
        let premise = Conjunction::of([old.root.clone()]).declared_only(declared_only);
        Prover::new(work).implies(&premise, &new.root)
    };
    // What is proved of every document is proved of those with declared members only.
    let Err(any) = prove(false) else {
        return Judgements { any: Judgement::Compatible, declared: Judgement::Compatible };
    };
    let declared = prove(true);
    let found = search::witnesses(old, new, at_hand, declared.is_err());
    let settle = |obstacle, witnesses: Vec<Value>| {
        if witnesses.is_empty() { Judgement::Undecided(obstacle) } else { Judgement::Breaking(witnesses) }
    };
    let declared = match declared {
        Ok(()) => Judgement::Compatible,
        Err(obstacle) => settle(obstacle, found.declared),
    };
    Judgements { any: settle(any, found.any), declared }
}

/// Whether it is proved, in at most `work` steps, that every document which the schema accepts is accepted by `condition`: a schema
/// without references, read in the same dialect. With `declared_only`, of documents without members that the schema does not
/// speak of.
pub fn implies<'a>(schema: &View<'a>, condition: &'a Value, declared_only: bool, work: u64) -> bool {
    let premise = Conjunction::of([schema.clone()]).declared_only(declared_only);
    Prover::new(work).implies(&premise, &schema.clone().at(condition)).is_ok()
}

/// How many subschemas a schema has, itself included.
fn subschemas_of(schema: &Value) -> u64 {
    let mut open = vec![schema];
    let mut count = 0;
    while let Some(schema) = open.pop() {
        count += 1;
        if count >= MAX_SUBSCHEMAS {
            break;
        }
        open.extend(subschemas::of(schema).into_iter().map(|(_, child)| child));
    }
    count as u64
}

#[cfg(test)]
pub mod cases;
#[cfg(test)]
mod random;
