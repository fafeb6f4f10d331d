//! The live documents, in real stores: files, SQLite, and a PostgreSQL server that the tests start and stop.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod bad_input;
mod commands;
mod failures;
mod kill;
mod memory;
mod odd_tables;
mod postgres;
mod project;
#[path = "../common/published.rs"]
mod published;
mod stores;
mod writers;
