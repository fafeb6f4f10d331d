//! The expression language of rules: the part of CEL (Common Expression Language) that Kubernetes' validation rules use.
//!
//! The grammar is read by the `cel` crate ([`syntax`]). What an expression means is decided here, because three things that
//! a gate needs are not to be had there: types that come from a schema ([`check`]), a bound on the work before anything runs
//! ([`estimate`]), and work that is counted the same in every host while it runs ([`evaluate`]). Documents are looked at
//! where they are, not copied.
//!
//! ```text
//! text --syntax--> tree --check--> Plan --estimate--> bound
//!                                   '-----evaluate--> Value and work
//! ```
//!
//! Sources: the language definition (`cel-spec/doc/langdef.md`) and Kubernetes' "Common Expression Language in Kubernetes".

pub mod check;
pub mod convert;
pub mod estimate;
pub mod evaluate;
mod format;
pub mod functions;
mod lists;
pub mod meter;
pub mod number;
mod operators;
pub mod plan;
pub mod problem;
pub mod shape;
mod strings;
pub mod syntax;
pub mod time;
pub mod types;
mod url;
pub mod value;

#[cfg(test)]
mod cases;
