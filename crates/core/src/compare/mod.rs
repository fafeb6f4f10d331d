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

/// Judges whether every document that `old` accepts is accepted by `new`.
pub fn judge<'a>(
    old: &Side<'a>,
    new: &Side<'a>,
    formats: (bool, bool),
    at_hand: &[Value],
    declared_only: bool,
) -> Judgement<'a> {
    let premise = Conjunction::of([old.root.clone()]).declared_only(declared_only);
    let work = PROOF_WORK + PROOF_WORK_PER_SUBSCHEMA * subschemas_of(new.root.contents);
    let proof = Prover::new(work, formats).implies(&premise, &new.root);
    let Err(obstacle) = proof else { return Judgement::Compatible };
    let witnesses = search::witnesses(old, new, at_hand, declared_only);
    if witnesses.is_empty() { Judgement::Undecided(obstacle) } else { Judgement::Breaking(witnesses) }
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
mod cases;
#[cfg(test)]
mod random;
