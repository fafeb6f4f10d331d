//! What the crate makes of real folders.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod bundle;
mod documents;
mod folder;
mod git;
mod project_file;
