//! Migrations: steps that move a document up one version and back, and the gate that tries them.

pub mod complement;
pub mod file;
pub mod gate;
pub mod places;
pub mod step;
