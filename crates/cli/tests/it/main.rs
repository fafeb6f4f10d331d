//! The real command in real folders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod base;
mod bundle;
mod check;
mod convert;
mod diff;
mod example;
mod fix;
mod folder;
mod formats;
mod gate;
mod hostile;
mod init;
mod lines;
mod migrate;
mod other_commands;
mod project_file;
#[path = "../common/published.rs"]
mod published;
mod rules;
mod standard_input;
#[path = "../common/times.rs"]
mod times;
