//! Every form of a report, rendered from one sample (whose snapshots a person can read) and from hostile ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod annotations;
mod hostile;
mod json;
mod junit;
mod sample;
mod sarif;
mod text;
