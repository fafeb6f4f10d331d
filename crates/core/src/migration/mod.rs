//! Migrations: steps that move a document up one version and back, and the gate that tries them.

mod action;
pub mod blocked;
pub mod chain;
pub mod complement;
mod condition;
mod expression;
pub mod file;
pub mod gate;
mod lossless;
pub mod nature;
pub mod path;
mod place;
pub mod places;
mod reading;
mod recognise;
mod rehearsal;
pub mod related;
pub mod step;
mod touched;
pub mod version;

#[cfg(test)]
pub mod laws;
#[cfg(test)]
mod proofs;
