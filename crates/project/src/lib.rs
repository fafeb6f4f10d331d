//! Finds and reads a project: `setpoint.toml`, its schemas and migrations, the documents that it governs, and what
//! git says has changed. Builds the bundle that the core decides by.
//!
//! What does not live here: anything that decides. This crate reads files, says which file belongs to which family,
//! and turns a project file that cannot be used into findings of the same form as all others.
//!
//! ```no_run
//! use setpoint_project::{Project, find_project_file};
//!
//! let file = find_project_file(std::path::Path::new("."))?;
//! let project = Project::open(&file)?;
//! let bundle: Vec<u8> = setpoint_project::canonical(&project.bundle()?)?;
//! for document in project.documents(&[])?.files {
//!     println!("{} is a document of {}", document.name, document.settings);
//! }
//! # Ok::<(), setpoint_project::ProjectError>(())
//! ```

pub mod checks;
mod config;
mod documents;
mod error;
mod fault;
mod find;
mod folder;
pub mod git;
mod globs;
mod one_off;
mod path;
mod project;
mod raw;

pub use config::{Compare, Family, Store};
pub use documents::{Document, Documents};
pub use error::ProjectError;
pub use find::{PROJECT_FILE, find_project_file};
pub use one_off::one_off_bundle;
pub use path::{normalize, relative_name};
pub use project::{Governed, Project, canonical};
