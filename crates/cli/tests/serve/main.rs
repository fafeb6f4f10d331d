//! The server, as programs, browsers and Kubernetes see it: a real process on a port of its own, in front of real stores.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod access;
mod bad_input;
mod bundles;
mod documents;
mod editor;
mod identity;
mod kubernetes;
mod life;
#[path = "../live/postgres.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod postgres;
#[path = "../live/project.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod project;
#[path = "../common/published.rs"]
mod published;
#[path = "../common/python.rs"]
mod python;
mod questions;
mod schemathesis;
mod server;
