//! Where live documents are: files, SQLite, PostgreSQL; and what is done to them: apply, rollback, rehearsal.
//!
//! A [`Store`] holds the documents of one family and the journal of what was done to them. The [`engine`] walks a store and changes
//! its documents, through the checker. What does not live here: deciding about documents and migrations (the core, inside
//! `setpoint-checker`), the project file (`setpoint-project`), words for people (`setpoint-cli`).

mod address;
pub mod checks;
pub mod engine;
mod error;
mod files;
mod journal;
mod lock;
mod mapping;
mod open;
mod parts;
mod postgres;
mod row;
mod sqlite;
mod status;
mod store;

pub use address::Address;
pub use error::StoreError;
pub use files::{FOLDER, Files, Tree, own_folder};
pub use journal::{Aside, Entry, Kind, NewRun, Run, State, Tally, Which, later, now};
pub use mapping::Mapping;
pub use open::open;
pub use parts::Parts;
pub use postgres::Postgres;
pub use row::{Change, Counts, Listed, Row, Search, Text, Write};
pub use sqlite::Sqlite;
pub use status::{Of, Phase, Reader, Rehearsed, Status, receipt_file, status, stem};
pub use store::{Guard, Store};
