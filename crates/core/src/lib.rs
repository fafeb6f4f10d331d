//! Everything in Setpoint that decides: text in, report out.
//!
//! This crate parses settings documents, checks them against the schemas of a bundle, explains what is
//! wrong, and gates migrations. It does no input or output, reads no clock, starts no thread and uses no
//! randomness, so the same bundle and the same text give the same bytes in every host. It is compiled three
//! times: natively (the oracle of the tests), as a WebAssembly component (`setpoint-guest`) and as a
//! wasm-bindgen module (`setpoint-web`).
//!
//! What does not live here: finding files, talking to git, rendering reports, limits of the host.

pub mod bundle;
pub mod call;
mod cel;
pub mod check;
pub mod checks;
mod compare;
pub mod digest;
pub mod edit;
mod explain;
pub mod finding;
pub mod fix;
mod generator;
mod judge;
pub mod layout;
pub mod location;
mod merge;
mod migration;
mod own_file;
pub mod pointer;
pub mod policy;
pub mod receipt;
pub mod report;
mod rules;
mod schema;
pub mod source;
